"""How people sign up and in: what allauth asks us."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from core.limits import address_of
from core.mail import mark_deliverable
from people import second_factor
from people.actions import claim_account
from people.handles import GIVEN
from people.models import Person, PersonLanguage
from people.models.person import folded
from people.queries import email_of
from people.signing_up import page_language, taken

WELCOME = "welcome"


class Association:
    """What allauth's mails name as the site."""

    name = "Entraide"
    domain = urlsplit(settings.PUBLIC_URL).netloc


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Accounts as ours: mails in the reader's language, links to the public address."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def new_user(self, request: HttpRequest) -> Person:
        """Start as a stub: the profile appears when the address is proven."""
        return Person(state=Person.State.STUB, interface_language=page_language())

    def save_user(
        self, request: HttpRequest, user: Person, form: Any, commit: bool = True
    ) -> Person:
        """Save the person with their language. Raises InvalidInput: of two at once one wins.

        form: the page's, or the input of the account's API, which names the password otherwise.
        """
        data = form.cleaned_data
        user.handle, user.handle_folded = data["handle"], folded(data["handle"])
        user.display_name = data["display_name"]
        user.set_password(data["password1"] if "password1" in data else data["password"])
        try:
            with transaction.atomic():
                user.save()
                PersonLanguage.objects.create(person=user, language=data["language"])
        except IntegrityError:
            raise InvalidInput.of("handle", "taken", taken().message) from None
        return user

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in whoever has proven an address; that makes imported people and stubs active."""
        super().login(request, user)
        for method in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            if method.get("method") == "code" and method.get("email"):
                mark_deliverable(method["email"])
        if user.state in (Person.State.IMPORTED, Person.State.STUB):
            request.session[WELCOME] = user.handle.startswith(GIVEN)
            user.state = claim_account(actor=user).state

    def confirm_email(self, request: HttpRequest, email_address: Any) -> Any:
        """Note that an address is proven: mails may go to it again, whatever a server once said."""
        mark_deliverable(email_address.email)
        return super().confirm_email(request, email_address)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.session.pop(WELCOME, False):
            messages.info(request, _("Welcome. Look at what others will read of you."))
            return reverse("my_profile")
        return str(super().get_login_redirect_url(request))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send in the person's own language, with links to the public address."""
        person = context.get("user")
        language = person.interface_language if isinstance(person, Person) else get_language()
        public = {
            name: _public(value)
            for name, value in context.items()
            if name.endswith("_url") and isinstance(value, str)
        }
        with translation.override(language):
            super().send_mail(
                template_prefix, email, {**context, **public, "current_site": Association}
            )

    def send_notification_mail(
        self, template_prefix: str, user: Person, *args: Any, **kwargs: Any
    ) -> None:
        """Tell of a change of the account in the person's language, not the browser's."""
        with translation.override(user.interface_language):
            super().send_notification_mail(template_prefix, user, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    def get_totp_label(self, user: Person) -> str:
        return email_of(user) or user.handle

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Staff keep their second factor while they hold the role."""
        return not second_factor.is_needed_by(authenticator.user)


class CodeAppForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth is not typed
    """Switch the code app on, which is called by this one name everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code from your app")


class SignupForm(account_forms.SignupForm):  # type: ignore[misc]  # allauth is not typed
    """Sign up with address, password and the newcomer's own fields, in the page's order."""

    field_order = ("email", "handle", "display_name", "language", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As allauth's other forms say it: our translation of the word stands before theirs.
        self.fields["email"].label = _("Email")

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        """Save person, language and address together; two at once with one handle: one wins."""
        try:
            with transaction.atomic():
                saved: tuple[Person | None, HttpResponse | None] = super().try_save(request)
                return saved
        except InvalidInput:
            self.add_error("handle", taken())
            context = {"form": self, "login_url": reverse("account_login")}
            return None, render(request, "account/signup.html", context, status=422)


def _public(url: str) -> str:
    """Return a link with the public address in front, whatever host the request named."""
    public, parts = urlsplit(settings.PUBLIC_URL), urlsplit(url)
    return str(urlunsplit((public.scheme, public.netloc, *parts[2:])))
