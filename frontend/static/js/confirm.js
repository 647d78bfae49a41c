// Ask before a form or button with data-confirm="question" is sent.
//
// In the capture phase, so that htmx hears nothing of a send that was taken back.

document.addEventListener(
  "submit",
  (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset?.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);
