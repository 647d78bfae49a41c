"""What every endpoint of the API does the same way."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404, HttpResponse
from django.urls import is_valid_path
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from core import idempotency
from core.errors import (
    FieldError,
    InvalidInput,
    NotAllowed,
    NotSeen,
    NotSignedIn,
    Refusal,
    TooMany,
)
from core.leaks import LONGEST
from core.limits import SAFE
from core.models import StoredFile
from core.pages import check_json, file_facts, problem

R = TypeVar("R", bound=HttpResponse)
S = TypeVar("S", bound=serializers.BaseSerializer[Any])


class JsonParser(JSONParser):
    """JSON as a program means it.

    Not read are thousands of brackets in each other, and half a character (a lone surrogate, which
    only an escape can write): no database takes it, and no answer could repeat it.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            parsed = super().parse(stream, media_type, parser_context)
            check_json(parsed)
        except (RecursionError, UnicodeEncodeError):
            raise exceptions.ParseError from None
        return parsed


class ApiView(APIView):
    """An endpoint: an `Idempotency-Key` makes a write happen once.

    `sign_in_to_read` False opens reading to everyone; writing always asks for a person. A token
    must have been made for this: for `read`, for `write`, or for the view's own `scope`.
    Bodies are JSON; a view that takes files adds `MultiPartParser` to its `parser_classes`.
    """

    parser_classes = [JsonParser]
    metadata_class = None  # no OPTIONS: DRF would ask a view for one serializer, and ours have many
    sign_in_to_read = True
    scope = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        writes = request.method not in SAFE
        if (writes or self.sign_in_to_read) and not request.user.is_authenticated:
            raise NotSignedIn
        needed = self.scope or ("write" if writes else "read")
        token: Any = request.auth
        if token is not None and not token.allows(needed):
            raise NotAllowed(_("This token was not made for this."), code="scope_missing")
        key = request.headers.get("Idempotency-Key", "")
        if writes and key:
            self._run_once(request, key)

    def _run_once(self, request: Request, key: str) -> None:
        """Wrap this request's handler so that the same key does its work once."""
        name = str(request.method).lower()
        handler: Callable[..., HttpResponse] = getattr(self, name, self.http_method_not_allowed)
        asked = idempotency.Request(
            person=request.user,
            method=str(request.method),
            path=_address(request),
            key=key,
            body=_body(request),
        )

        def wrapped(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            return idempotency.run_once(
                asked, lambda: _plain(located(request, handler(request, *args, **kwargs)))
            )

        setattr(self, name, wrapped)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        return super().finalize_response(request, located(request, response), *args, **kwargs)

    def valid(self, serializer_class: type[S], data: Any = None, **kwargs: Any) -> dict[str, Any]:
        """Return the checked input. Raises InvalidInput with every field's error."""
        serializer = serializer_class(
            data=self.request.data if data is None else data,
            context={"request": self.request, "view": self},
            **kwargs,
        )
        if not serializer.is_valid():
            raise InvalidInput(errors=field_errors(serializer.errors))
        return dict(serializer.validated_data)


class ApiViewSet(ApiView, viewsets.GenericViewSet[Any]):
    """Endpoints of one kind of thing.

    A list is `return self.listed(queryset, Output)`; its order stands in `keyset`.
    """

    keyset: tuple[str, ...] = ("-id",)

    def listed(self, rows: Any, output: type[S]) -> Response:
        """Return one page of rows, filtered by the view's filterset."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(
            output(page, many=True, context=self.get_serializer_context()).data
        )

    def shown(self, row: Any, output: type[S], status: int = 200) -> Response:
        """Return one thing."""
        return Response(output(row, context=self.get_serializer_context()).data, status=status)


def located(request: Request, response: R) -> R:
    """Say of what was made where it is found, where it has an address of its own: under the one
    posted to, else among all of its sort."""
    made = response.data if isinstance(response, Response) and response.status_code == 201 else None
    if isinstance(made, dict) and not response.has_header("Location"):
        key = made.get("id", made.get("number"))
        sort = request.path.rpartition("/")[2]
        for address in (f"{request.path}/{key}", f"/api/v1/{sort}/{key}"):
            if is_valid_path(address):
                response["Location"] = address
                break
    return response


def _address(request: Request) -> str:
    """Return the path of a request, the same for all ways to write what is in it.

    A ticket goes by its id and by its number, and the same key does its work once under both.
    """
    match: Any = request.resolver_match
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(match.kwargs[part[1]]), f"/{match.route}")


def _body(request: Request) -> bytes:
    """Return what identifies the body, whichever parser has read it."""
    if request.FILES:
        return repr((sorted(request.POST.lists()), file_facts(request.FILES))).encode()
    try:
        return JSONRenderer().render(request.data)
    except RecursionError:
        raise exceptions.ParseError from None


def _plain(response: HttpResponse) -> HttpResponse:
    """Return the answer with its bytes, so that it can be kept."""
    if not isinstance(response, Response):
        return response
    plain = HttpResponse(
        b"" if response.data is None else JSONRenderer().render(response.data),
        status=response.status_code,
        content_type="application/json",
    )
    if response.has_header("Location"):
        plain["Location"] = response["Location"]
    return plain


def problem_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Map every refusal to a problem document; None lets a fault of ours become a 500."""
    refusal = as_refusal(exception)
    if refusal is None:
        return None
    set_rollback()
    response = Response(
        problem(refusal), status=refusal.status, content_type="application/problem+json"
    )
    if refusal.status == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = "Token"
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


def as_refusal(exception: Exception) -> Refusal | None:  # noqa: PLR0911  (one table)
    """Return the refusal that says what this exception of the framework says."""
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, Http404 | exceptions.NotFound):
        return NotSeen()
    if isinstance(exception, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return NotSignedIn()
    if isinstance(exception, exceptions.PermissionDenied):
        return NotAllowed(str(exception.detail))
    if isinstance(exception, exceptions.ValidationError):
        return InvalidInput(errors=field_errors(exception.detail))
    if isinstance(exception, exceptions.Throttled):
        return TooMany(retry_after=int(getattr(exception, "wait", 0) or 1))
    if isinstance(exception, exceptions.APIException):
        refusal = Refusal(str(exception.detail), code=str(exception.default_code))
        refusal.status = exception.status_code
        return refusal
    return None


def field_errors(errors: Any, field: str = "") -> list[FieldError]:
    """Flatten the framework's nested errors into (field, code, detail)."""
    if isinstance(errors, dict):
        return [
            found
            for name, inner in errors.items()
            for found in field_errors(
                inner, field if name == "non_field_errors" else f"{field}.{name}".lstrip(".")
            )
        ]
    if isinstance(errors, list):
        return [
            found
            for index, inner in enumerate(errors)
            for found in field_errors(
                inner, field if isinstance(inner, str) else f"{field}.{index}".lstrip(".")
            )
        ]
    return [FieldError(field, str(getattr(errors, "code", "invalid")), str(errors))]


class SendSecrets(serializers.BooleanField):
    """Whether to send what looks like a secret; as core.confided points it out to people."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            default=False,
            help_text=(
                "Left out, a text in which something looks like a password, a key, a bank account "
                "or a card number is refused with 422 and the code `secrets_found`; `spans` says "
                "where. Take it out or, if it is meant to be read there, send the same with `true`."
            ),
        )


class FilesInput(serializers.ListField):
    """Attachments, as parts of a multipart body."""

    child = serializers.FileField()

    def __init__(self) -> None:
        super().__init__(required=False, default=list, max_length=10)


class FileOutput(serializers.ModelSerializer[StoredFile]):
    """A file that was sent with a text."""

    url = serializers.CharField(source="api_url", help_text="fetch it as who may read the text")

    class Meta:
        model = StoredFile
        fields = ["name", "size", "content_type", "url"]


class PurgeTextInput(serializers.CharField):
    """Words to take out for good."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(max_length=LONGEST, help_text="the exact characters, for good", **facts)


class FoundSecretOutput(serializers.Serializer[Any]):
    text = serializers.CharField()
    what = serializers.CharField(help_text="which sort it looks like")
    is_past = serializers.BooleanField(help_text="only earlier texts have it")
