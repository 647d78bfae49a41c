"""Settings of the one installation, read from the environment (table in README.md)."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from core.addresses import domain_of
from core.databases import with_options
from core.secret import is_push_key, new_push_key, read_or_make_key
from core.storage import storage_of

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("ENTRAIDE_MODE", "development")
if MODE not in ("development", "production"):
    raise ImproperlyConfigured("ENTRAIDE_MODE is development or production.")
PRODUCTION = MODE == "production"
TESTING = "pytest" in sys.modules
VAR = Path(env.str("ENTRAIDE_VAR", str(BASE_DIR / "var"))).resolve()
if TESTING:  # tests have folders of their own: they must not touch an installation's index or files
    VAR = Path(tempfile.mkdtemp(prefix="entraide-test-"))
    atexit.register(shutil.rmtree, VAR, ignore_errors=True)
VAR.mkdir(parents=True, exist_ok=True)
PORT = env.int("PORT", 8000)

if PRODUCTION:
    for _name in ("SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL"):
        if not env.str(_name, ""):
            raise ImproperlyConfigured(f"Production needs {_name} in its environment.")
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
    PUBLIC_URL = env.str("PUBLIC_URL").rstrip("/")
else:
    SECRET_KEY = env.str("SECRET_KEY", "") or read_or_make_key(VAR / "secret_key")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
    PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")

DEBUG = False
SECURE_PUBLIC = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_PUBLIC
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if SECURE_PUBLIC:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "people.sessions"
SESSION_COOKIE_AGE = 60 * 24 * 3600
CSRF_FAILURE_VIEW = "core.pages.csrf_failure"

# Not here: "daphne". It would bring a runserver that is not used, and half a second of imports to
# the start of every command and worker.
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.headless",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "taggit",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "core",
    "people",
    "aid",
    "search",
    "chat",
    "forum",
    "mentoring",
    "workshops",
    "helpdesk",
    "frontend",
]

MIDDLEWARE = [
    "core.proxies.ProxyMiddleware",  # first: all others may ask whether this is https
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Static files come compressed ahead of time; pages cost 0.1 ms each.
    "core.compression.CompressionMiddleware",
    "core.logs.RequestLogMiddleware",
    "core.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "people.middleware.ReaderMiddleware",
    "people.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.limits.WriteLimitMiddleware",
    "core.pages.PagesMiddleware",
]

ROOT_URLCONF = "core.urls"
ASGI_APPLICATION = "core.asgi.application"
WSGI_APPLICATION = "core.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOADERS: list[Any] = [
    (
        "frontend.loading.Loader",
        [
            "django.template.loaders.filesystem.Loader",
            "django.template.loaders.app_directories.Loader",
        ],
    )
]
PARTIALS: list[str] = []
if django.VERSION < (6, 0):  # later ones have partials of their own
    INSTALLED_APPS.append("template_partials")
    LOADERS = [("template_partials.loader.Loader", LOADERS)]
    PARTIALS = ["template_partials.templatetags.partials"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "OPTIONS": {
            "loaders": LOADERS,
            "builtins": PARTIALS,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.page",
            ],
        },
    }
]

DATABASES = {
    "default": with_options(
        env.db_url("DATABASE_URL", f"sqlite:///{VAR / 'entraide.sqlite3'}"),
        test_file=VAR / "test.sqlite3",
        test_name=env.str("TEST_DATABASE", ""),
    )
}

REDIS_URL = env.str("REDIS_URL", "")
# Names everything we keep in Redis; each process of tests has its own.
REDIS_PREFIX = f"entraide-test-{os.getpid()}" if TESTING else "entraide"
if REDIS_URL:
    _redis = {
        "BACKEND": "core.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
    CACHES = {"default": _redis, "pages": _redis}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Each process says every few seconds that it is still there (chat.herald).
            "CONFIG": {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX, "group_expiry": 60},
        }
    }
else:
    _memory = "django.core.cache.backends.locmem.LocMemCache"
    CACHES = {
        "default": {"BACKEND": _memory},
        # Apart, so that a crawler does not push out what the limits count.
        "pages": {"BACKEND": _memory, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 2000}},
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

if TESTING:  # most tests live in a transaction that never commits: see tests/core/test_kept.py
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}

TASKS = {
    "default": {
        "BACKEND": "core.enqueuing.Backend",
        "QUEUES": ["default", "mail", "slow"],
    }
}
SEARCH_ENGINE = env.str("SEARCH_ENGINE", "") or "whoosh"
if SEARCH_ENGINE != "whoosh":
    raise ImproperlyConfigured(f"SEARCH_ENGINE is whoosh, not {SEARCH_ENGINE}.")
SEARCH_INDEX = VAR / "index"

MEDIA_ROOT = VAR / "files"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # the static middleware warns of a folder that is not there
STATIC_URL = "/static/"
SOURCE_URL = env.str("SOURCE_URL", "/about/source")
STORAGES = {
    "default": storage_of(env.str("STORAGE_URL", ""), folder=MEDIA_ROOT),
    "staticfiles": {"BACKEND": "frontend.storage.SiteStorage"},
}
STATICFILES_FINDERS = [
    "frontend.storage.SiteFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# Tests, and a development server before the first collectstatic, read the sources themselves.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION and (
    TESTING or not (STATIC_ROOT / "staticfiles.json").is_file()
)
if TESTING:
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024  # of a request, files included
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# Mail: what is sent becomes a row and a task; the transport is used by the worker alone.
EMAIL_BACKEND = "core.mail.QueueBackend"
_email = env.email_url("EMAIL_URL", "consolemail://")
MAIL_TRANSPORT = _email["EMAIL_BACKEND"]
if TESTING:
    MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", "Entraide <help@entraide.example>")

# Mail in: where it waits (imaps://user:password@host/INBOX), and where answers to our mails go.
INBOUND_MAIL_URL = env.str("INBOUND_MAIL_URL", "")
REPLY_ADDRESS = env.str("REPLY_ADDRESS", f"reply@{domain_of(DEFAULT_FROM_EMAIL)}")
MAX_MAIL_BYTES = 40 * 1024 * 1024
# Most mails an hour, from one address and to one; what is above waits.
MAILS_FROM_ADDRESS_PER_HOUR = env.int("MAILS_FROM_ADDRESS_PER_HOUR", 20)
MAILS_TO_ADDRESS_PER_HOUR = env.int("MAILS_TO_ADDRESS_PER_HOUR", 60)
# Of the files of a reply, so much goes along with its mail; the others are linked to.
MAIL_FILES_BYTES = env.int("MAIL_FILES_BYTES", 5 * 1024 * 1024)
REOPEN_DAYS = env.int("REOPEN_DAYS", 14)  # after that, an answer by mail begins a ticket of its own
MAILS_KEPT_DAYS = env.int("MAILS_KEPT_DAYS", 90)  # as they came; what they said stays on tickets

# Web Push: who we are to the push services of browsers (RFC 8292).
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "") or read_or_make_key(
    VAR / "push_key", new_push_key
)
if not is_push_key(VAPID_PRIVATE_KEY):
    raise ImproperlyConfigured("VAPID_PRIVATE_KEY is a private key of P-256, 32 bytes base64url.")
# A push service on this very machine, to try things out: never in production.
PUSH_TO_LOOPBACK = not PRODUCTION and env.bool("PUSH_TO_LOOPBACK", False)

LANGUAGE_CODE = "en"
LANGUAGES = [("fr", "Français"), ("en", "English")]
# What people may write and speak in; LANGUAGES are those the pages are translated into.
SPOKEN_LANGUAGES = [
    ("fr", "Français"),
    ("en", "English"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Europe/Paris"
ASSOCIATION_TIME_ZONE = "Europe/Paris"
USE_TZ = True

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "people.backends.HandleBackend",
    "people.backends.AddressBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "people.accounts.AccountAdapter"
ACCOUNT_FORMS = {"signup": "people.accounts.SignupForm"}
ACCOUNT_SIGNUP_FORM_CLASS = "people.signing_up.SignupFields"
ACCOUNT_USER_DISPLAY = "people.notices.name_of"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# By code, an address is written down once it is proven: nobody can lay claim to another's.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 30 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # imported people have no password yet
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_FORMS = {"activate_totp": "people.accounts.CodeAppForm"}
MFA_ADAPTER = "people.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Entraide"
MFA_TOTP_TOLERANCE = 1
SECOND_FACTOR_FOR_STAFF = PRODUCTION  # see people.second_factor
# The account's API, for programs: browsers have the pages, and their sessions.
HEADLESS_CLIENTS = ("app",)
HEADLESS_SERVE_SPECIFICATION = True
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None  # its page of documentation asks other hosts

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.tokens.TokenAuthentication",
        "people.tokens.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "core.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "core.api.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DATETIME_FORMAT": "iso-8601",
}
# Knox would make a table of its own beside ours, which no one clears.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "people.ApiToken"  # noqa: S105  (a name, not a token)
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Entraide API",
    "DESCRIPTION": (
        "Everything a person can do on the pages, for programs. Make a token on the page "
        "/me/tokens, and send it as `Authorization: Token …`. Signing up and in, addresses, "
        "passwords and the second factor are under /accounts/api/app/v1/, described by "
        "/accounts/api/openapi.json; the session token they give opens this API too, as "
        "`X-Session-Token: …`."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {
        "ticket": {
            "oneOf": [
                {"type": "integer"},
                {"type": "string", "pattern": "^.{3}-.{3}-.$", "description": "its number"},
            ]
        }
    },
    # Fields of one name with other choices, and choices under two names, need a name of their own.
    "ENUM_NAME_OVERRIDES": {
        "ClaimState": "aid.models.AidClaim.State",
        "TicketState": "helpdesk.states.State",
        "MailOutcome": "helpdesk.models.InboundMail.Outcome",
        "ClockKind": "helpdesk.promises.Kind",
        "TicketFieldKind": "helpdesk.models.TicketField.Kind",
        "KindEnum": "aid.models.Kind",
        "MembershipRole": "people.models.Membership.Role",
        "PersonState": "people.models.Person.State",
        "FlagReason": "people.models.Flag.Reason",
        "ClosureReason": "forum.models.Closure.Reason",
        "LockReason": "forum.models.Lock.Reason",
        "DraftKind": "forum.models.Draft.Kind",
        "MoveKind": "forum.models.Relocation.Kind",
        "FlagDecision": "people.models.Flag.Decision",
        "HoldDecision": "people.models.Hold.Decision",
        "AppealDecision": "people.models.Appeal.Decision",
        "SanctionKind": "people.models.Sanction.Kind",
        "SkipReason": "helpdesk.models.Skip.Reason",
        "PickReason": "helpdesk.models.Pick.Why",
        "PickKind": "helpdesk.models.Pick.Kind",
        "GrantRole": "people.models.RoleGrant.Role",
        "WorkshopState": "workshops.models.Workshop.State",
        "RegistrationState": "workshops.models.Registration.State",
        "SpokenLanguage": SPOKEN_LANGUAGES,
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# From so many people of a hundred past answers are kept, so that what they spare is known.
HOLD_OUT_PERCENT = env.float("HOLD_OUT_PERCENT", 10)

# Writes per minute and per hour, a person or (signed out) an address.
WRITES_PER_MINUTE = env.int("WRITES_PER_MINUTE", 60)
WRITES_PER_HOUR = env.int("WRITES_PER_HOUR", 900)

# Addresses are the proxy's to log, and theirs to forget; django-structlog believes what any client
# writes into X-Forwarded-For.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "core.logs.formatter", "production": PRODUCTION}},
    "filters": {"visitors": {"()": "core.logs.VisitorsFault"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["visitors"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING" if TESTING else "INFO"},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "CRITICAL"},  # the request's own line says it already
        "daphne": {"level": "WARNING"},
    },
}

# So long may the solution of a ticket be rated, and the rating be changed.
RATING_DAYS = 14
