"""Django's settings. What an owner may set is read through `environment` and listed in docs/reference/settings.md."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from polku.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
POLKU_HOME = environment.home()
SECRET_KEY = environment.secret_key(POLKU_HOME)
DEBUG = False
DEMO_SIGN_IN = environment.flag("POLKU_DEMO_SIGN_IN")
HOSTS = environment.listing("POLKU_HOSTS")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *HOSTS]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS]
HTTPS = environment.flag("POLKU_HTTPS")
PROXIES = environment.listing("POLKU_PROXIES") or ["127.0.0.1", "::1"]

CAPTURE_EVENTS_PER_SECOND = environment.integer(
    "POLKU_CAPTURE_EVENTS_PER_SECOND", 20_000, low=1, high=10_000_000
)
UPLOAD_MEGABYTES = environment.integer("POLKU_UPLOAD_MEGABYTES", 1_000, low=1, high=100_000)
UPLOAD_RESERVE = 500_000_000
"""Bytes of the disk that uploads leave to the rest, first of all to signals on their way in."""
INBOX_MEGABYTES = environment.integer("POLKU_INBOX_MEGABYTES", 8_192, low=16, high=10_000_000)
COUNTRY_DATABASE = environment.file("POLKU_COUNTRY_DATABASE")
UPKEEP_AT = environment.time_of_day("POLKU_UPKEEP_AT", "03:30")
BACKUP_AT = environment.time_of_day("POLKU_BACKUP_AT", "02:15")
BACKUP_FOLDER = environment.file("POLKU_BACKUP_FOLDER") or POLKU_HOME / "backups"
BACKUPS_KEPT = environment.integer("POLKU_BACKUPS_KEPT", 7, low=1, high=1_000)
METRICS_TOKEN = environment.token("POLKU_METRICS_TOKEN")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    # Ours stand before allauth, so that our templates of its pages are found first.
    "polku.site",
    "polku.jobs",
    "polku.outbox",
    "polku.accounts",
    "polku.eventstore",
    "polku.analytics",
    "polku.people",
    "polku.messaging",
    "polku.journeys",
    "polku.surveys",
    "polku.decide",
    "polku.capture",
    "polku.installation",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "rules",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "polku.accounts.middleware.LanguageMiddleware",
    "polku.api.problems.ProblemDocuments",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "polku.eventstore.middleware.Questions",
    "polku.eventstore.middleware.StoreTroubles",
]

ROOT_URLCONF = "polku.config.urls"
ASGI_APPLICATION = "polku.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "polku.site.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "polku.site.forms.PolkuFormRenderer"

DATABASES = {"default": environment.database(POLKU_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # It holds counts of who calls how often. Of the usual 300 any passer-by could push out the others' counts, of
        # wrong passwords for instance, by calling from a few hundred addresses.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "polku.accounts.adapter.ClosedSignup"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "polku.accounts.forms.SignInForm",
    "change_password": "polku.accounts.forms.ChangePasswordForm",
    "set_password": "polku.accounts.forms.FirstPasswordForm",
    "reset_password": "polku.accounts.forms.ResetForm",
    "reset_password_from_key": "polku.accounts.forms.NewPasswordForm",
}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,10/5m/key"}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "polku.site.views.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "polku.capture.uploads.receiving.ArrivingFiles",
]
FILE_UPLOAD_TEMP_DIR = str(POLKU_HOME / "uploads" / "arriving")

LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", _("Finnish")), ("en", _("English"))]
LOCALE_PATHS = sorted(PACKAGE.glob("*/locale"))  # each room keeps the translations of its own strings
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
# A number in an id or an address must stay one; figures go through site.formats.
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
SENDS_MAIL, _mail = environment.mail()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SENDS_MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
    _mail.host,
    _mail.port,
    _mail.user,
    _mail.password,
)
EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_TIMEOUT = _mail.ssl, _mail.starttls, 10
DEFAULT_FROM_EMAIL = environment.text("POLKU_MAIL_FROM", "polku@localhost")
MAIL_PER_MINUTE = environment.integer("POLKU_MAIL_PER_MINUTE", 120, low=1, high=100_000)
MAIL_BOUNCES = environment.mail_address("POLKU_MAIL_BOUNCES")
MAIL_BOX = environment.mail_box()

WEBHOOK_NETWORKS = environment.networks("POLKU_WEBHOOK_NETWORKS")
"""One's own networks that webhooks may go to as well, also without TLS; without any, only the internet."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "polku.config.logs.WithoutWhatWasHandled",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"without_secrets": {"()": "polku.config.logs.WithoutSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}
    },
    "root": {
        "handlers": ["stderr"],
        "level": environment.choice(
            "POLKU_LOG_LEVEL", "WARNING", known=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        ),
    },
}
