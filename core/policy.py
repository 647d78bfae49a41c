"""The Content-Security-Policy: one for all pages; what stands in an answer already stays."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, which puts the policy together anew for each answer, two times.

    Ours has no nonces, and no view with a policy of its own among django-csp's.
    """

    @cached_property
    def policy(self) -> str:
        return build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """Leave the request as it is: Django asks whether there is such a step."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault(HEADER, self.policy)
        return response
