"""What every socket passes first: the Origin, then the session."""

from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import OriginValidator
from django.conf import settings


def checked(application: Any) -> Any:
    """Return the application behind the check of Origin (PUBLIC_URL's alone) and the session."""
    public = urlsplit(settings.PUBLIC_URL)
    origins = [f"{public.scheme}://{public.netloc}"]
    if not settings.PRODUCTION:
        origins += [f"http://{name}:{settings.PORT}" for name in ("localhost", "127.0.0.1")]
    return OriginValidator(AuthMiddlewareStack(application), origins)
