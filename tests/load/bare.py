"""The reference: what Django itself costs. A new project's eight middlewares, two views.

Served like the pages it is compared with: `gunicorn --workers 1 tests.load.bare:application`.
"""

import os
import tempfile

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

ROWS = 25

settings.configure(
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(tempfile.gettempdir(), f"bare-{os.getppid()}.sqlite3"),
        }
    },
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
application = get_wsgi_application()

from django.contrib.auth.models import Permission  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
TRIVIAL = engines["django"].from_string("<!doctype html><title>{{ t }}</title><h1>{{ t }}</h1>")
LIST = engines["django"].from_string(
    "<!doctype html><ul>{% for p in rows %}<li>{{ p.name }} {{ p.codename }}</li>{% endfor %}</ul>"
)


def trivial(request: HttpRequest) -> HttpResponse:
    """Render a heading."""
    return HttpResponse(TRIVIAL.render({"t": "Hello"}, request))


def a_list(request: HttpRequest) -> HttpResponse:
    """Render 25 rows of one query."""
    return HttpResponse(LIST.render({"rows": Permission.objects.all()[:ROWS]}, request))


urlpatterns = [path("", trivial), path("list", a_list)]
assert django.VERSION >= (5, 2)
