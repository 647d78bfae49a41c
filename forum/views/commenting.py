"""Changing a comment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from core import things
from core.errors import NotAllowed, StaleRevision, seen
from core.pages import keeps_words, once, sends_secrets, signed_in, submit
from forum import actions, rules
from forum.forms import EditCommentForm
from forum.models import Comment
from forum.views.secrets import done_editing
from people.present import me


@signed_in
@once
@keeps_words(gettext_lazy("Edit the comment"))
def edit_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Change a comment."""
    rows = Comment.objects.visible_to(request.user).select_related("question", "pseudonym")
    row = seen(rows, pk=comment_id)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    initial = {"source": row.source, "revision": row.revision}
    form = EditCommentForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, row, form, 422 if form.is_bound else 200)
    try:
        changed = submit(
            form,
            actions.edit_comment,
            actor=me(request),
            comment_id=row.pk,
            send_secrets=sends_secrets(request),
            **form.cleaned_data,
        )
    except StaleRevision as stale:
        fresh = EditCommentForm({**request.POST.dict(), "revision": stale.extra["revision"]})
        return _page(request, row, fresh, 409, stale.extra)
    return done_editing(request, changed) if changed else _page(request, row, form, 422)


def _page(
    request: HttpRequest, row: Comment, form: EditCommentForm, status: int, clash: object = None
) -> HttpResponse:
    context = {"post": row, "form": form, "clash": clash, "purge_url": things.purge_url_of(row)}
    return render(request, "forum/edit_comment.html", context, status=status)
