"""One table for an action on all its faces: page, fragment (htmx) and API.

    ACCEPT = Act(
        page=lambda q: (f"/questions/{q.pk}/acceptance", {"answer": 31}),
        api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/acceptance", {"answer": 31}),
    )

    @pytest.mark.parametrize("face", FACES)
    def test_asker_accepts(face, perform, cast, question):
        assert perform(face, cast.aminata, ACCEPT, question) == DONE

What comes back is one of the outcomes below, the same word for the same refusal on every face.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

FACES = ("page", "fragment", "api")
DONE = "done"
SIGN_IN = "sign in"
NOT_ALLOWED = "not allowed"
UNSEEN = "unseen"
WRONG_MOMENT = "wrong moment"
INVALID = "invalid"
TOO_MANY = "too many"
_REFUSED = {
    401: SIGN_IN,
    403: NOT_ALLOWED,
    404: UNSEEN,
    409: WRONG_MOMENT,
    422: INVALID,
    429: TOO_MANY,
}
_WORKED = {"page": (302, 303), "fragment": (200, 204), "api": (200, 201, 202, 204)}


@dataclass(frozen=True)
class Act:
    """How an act is sent on each face; both take the thing acted on."""

    page: Callable[[Any], tuple[str, dict[str, Any]]]
    api: Callable[[Any], tuple[str, str, dict[str, Any] | None]]


def outcome(face: str, response: HttpResponse) -> str:
    """Return the word for an answer."""
    status = response.status_code
    if status in _REFUSED:
        return _REFUSED[status]
    if "/accounts/login" in response.headers.get("Location", ""):
        return SIGN_IN
    if status in _WORKED[face]:
        return DONE
    raise AssertionError(f"{face}: {status} {response.content[:400]!r}")


def send(face: str, client: Any, act: Act, thing: Any) -> HttpResponse:
    """Send the act and return the raw answer."""
    if face == "api":
        method, path, data = act.api(thing)
        answer: HttpResponse = getattr(client, method.lower())(path, data, format="json")
        return answer
    page_path, form = act.page(thing)
    headers = {"HX-Request": "true"} if face == "fragment" else {}
    page: HttpResponse = client.post(page_path, form, headers=headers)
    return page
