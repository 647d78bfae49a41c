"""Where the files that people send are kept, read from STORAGE_URL."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FOLDER = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"


def storage_of(url: str, *, folder: Path) -> dict[str, Any]:
    """Return the entry of settings.STORAGES that a STORAGE_URL asks for.

    Empty: `folder`. `file:///srv/files`: that folder. `s3://KEY:SECRET@HOST/BUCKET?region=…`: any
    S3-compatible service over https (`insecure=1`: http), private, links signed for five minutes;
    key and secret percent-encoded.
    Raises ImproperlyConfigured for anything else, without repeating the secret.
    """
    parts = urlsplit(url)
    if not url:
        return {"BACKEND": FOLDER, "OPTIONS": {"location": str(folder)}}
    if parts.scheme == "file" and not parts.netloc and parts.path:
        return {"BACKEND": FOLDER, "OPTIONS": {"location": unquote(parts.path)}}
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not (
        parts.hostname and parts.username and parts.password and bucket
    ):
        raise ImproperlyConfigured(
            "STORAGE_URL is file:///a/folder or s3://KEY:SECRET@HOST/BUCKET?region=REGION."
        )
    from botocore.config import Config  # of requirements/services.in

    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    scheme = "http" if asked.get("insecure") == "1" else "https"
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    options = {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "endpoint_url": f"{scheme}://{host}",
        "region_name": asked.get("region"),
        "client_config": Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            # Most services that speak S3 do not know the checksums AWS added in 2024.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
        "default_acl": None,  # the bucket's own, which is private
        "file_overwrite": False,
        "querystring_auth": True,
        "querystring_expire": 300,
    }
    return {"BACKEND": S3, "OPTIONS": options}
