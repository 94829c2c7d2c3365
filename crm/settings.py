"""Settings, read from the environment (or, with a `_FILE` ending, from a secret file).

Nothing is started here: without `DATABASE_URL` the entry points (`manage.py`, the supervisor,
pytest) call `crm.embedded.boot()` first, which sets the addresses of the bundled servers.
"""

import contextlib
import logging
import os
from pathlib import Path
from typing import Any

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("CRM_VAR", str(BASE_DIR / "var"))).resolve()
RELEASE = "0.1.0"

# --- What this installation is -------------------------------------------------------------
DEBUG = env.bool("CRM_DEBUG", False)
DEMO = env.bool("CRM_DEMO", False)  # the supervisor sets it when it serves the demo firm
DEMO_PASSWORD = "demo-2026-clients"  # noqa: S105 (of every account of the demo firm; they exist nowhere else)
FIRM_NAME = env.str("CRM_FIRM_NAME", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
KEY_DIR = Path(env.str("CRM_KEYS", str(VAR_DIR / "keys")))
FEEDS_DIR = Path(env.str("CRM_FEEDS", str(VAR_DIR / "feeds")))
MEDIA_ROOT = VAR_DIR / "files"


def _secret_key() -> str:
    """The signing key: from the environment, or the installation's own key file, made on first use."""
    given: str = env.str("SECRET_KEY", "")
    if given:
        return given
    path = KEY_DIR / "django-secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(os.urandom(48).hex())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # whoever comes first wins; everyone then reads the same key
        fresh.unlink()
    return path.read_text().strip()


SECRET_KEY = _secret_key()

# --- Applications ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "crm",
    "clients",
    "callbacks",
    "complaints",
    "education",
    "crm.web.apps.ReferenceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "import_export",
    "health_check",
    "csp",
    "django_prometheus",
    "django_structlog",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.web.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.web.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.access.middleware.SignedInMiddleware",
    "crm.audit.middleware.HistoryMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "crm.web.context.frame",
            ],
            "builtins": ["crm.web.templatetags.ui"],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------
# The runtime role may not change history or lay tables; migrations run as the owner role.
_AS_OWNER = env.str("CRM_DB_ROLE", "runtime") == "owner"
_OWNER_URL = env.str("DATABASE_OWNER_URL", "")
_DATABASE_URL = env.str("DATABASE_URL", "")
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config((_AS_OWNER and _OWNER_URL) or _DATABASE_URL or "postgres:///crm")
}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
DATABASE_RUNTIME_ROLE = env.str("DATABASE_RUNTIME_ROLE", "crm_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_APPEND_ONLY = True

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A cache that is away costs a page a second, not ten tries with pauses.
        "OPTIONS": {"retry": Retry(NoBackoff(), 1), "socket_connect_timeout": 1, "socket_timeout": 5},
    }
}

# --- People and sign-in ---------------------------------------------------------------------
AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["crm.access.backends.AppointmentBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "crm.access.adapters.StaffAccountAdapter"
MFA_ADAPTER = "crm.access.adapters.SealedMfaAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_no"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_FORMS = {
    "login": "crm.access.forms.SignInForm",
    "change_password": "crm.access.forms.NewPasswordForm",
    "reauthenticate": "crm.access.forms.OnceMoreForm",
}
ACCOUNT_RATE_LIMITS: dict[str, Any] = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the firm's own staff records
MFA_TOTP_ISSUER = FIRM_NAME or "CRM"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("CRM_BEHIND_PROXY", False) else 0
IDLE_LOCK_SECONDS = env.int("CRM_IDLE_LOCK_SECONDS", 15 * 60)

# --- Web ------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("CRM_HTTPS", False)
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("CRM_BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31536000 if SESSION_COOKIE_SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FEED_UPLOAD_MAX_BYTES = env.int("CRM_FEED_UPLOAD_MAX_BYTES", 512 * 1024 * 1024)
OUTGOING_HOUR = env.int("CRM_OUTGOING_HOUR", 18)  # when files go back to the core system, on exchange days
EXPORT_RELEASE_ROWS = env.int("CRM_EXPORT_RELEASE_ROWS", 1_000)  # above it a second person releases an export
FILE_CHECK_NIGHTS = env.int("CRM_FILE_CHECK_NIGHTS", 30)  # within so many nights every stored file is read and hashed
# --- Recordings and the telephone system (docs/telephony.md) ----------------------------------
RECORDING_MAX_BYTES = env.int("CRM_RECORDING_MAX_BYTES", 200 * 1024 * 1024)
RECORDING_SILENT_HOURS = env.int("CRM_RECORDING_SILENT_HOURS", 24)  # then what a browser sent so far is the recording
TELEPHONY_ADAPTER = env.str("CRM_TELEPHONY", "manual")  # or "webhook"
TELEPHONY_SECRET = env.str("CRM_TELEPHONY_SECRET", "")  # signs both ways; empty: nothing is taken in
TELEPHONY_COMMANDS_URL = env.str("CRM_TELEPHONY_COMMANDS_URL", "")  # where commands are posted
TELEPHONY_RECORDINGS_URL = env.str("CRM_TELEPHONY_RECORDINGS_URL", "")  # recordings are fetched below it alone
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# --- Reading of client data: from how many on compliance is told --------------------------------
UNUSUAL_READING = {
    "in_an_hour": env.int("CRM_UNUSUAL_IN_AN_HOUR", 60),
    "reveals_a_day": env.int("CRM_UNUSUAL_REVEALS_A_DAY", 20),
    "outside_a_day": env.int("CRM_UNUSUAL_OUTSIDE_A_DAY", 40),
    "at_odd_hours": env.int("CRM_UNUSUAL_AT_ODD_HOURS", 5),
}

# --- Messages ---------------------------------------------------------------------------------
# "console" says in the log that something would have gone out; real gateways are named by the installation.
MESSAGE_GATEWAY_CLASSES = {
    "console": "crm.messaging.gateways.console.ConsoleGateway",
    "smtp": "crm.messaging.gateways.smtp.SmtpGateway",
    "aliyun": "crm.messaging.gateways.aliyun.AliyunSmsGateway",
}
MESSAGE_GATEWAYS = {
    "sms": MESSAGE_GATEWAY_CLASSES[env.str("CRM_SMS_GATEWAY", "console")],
    "email": MESSAGE_GATEWAY_CLASSES[env.str("CRM_EMAIL_GATEWAY", "console")],
}
EMAIL_HOST = env.str("CRM_EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("CRM_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("CRM_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.str("CRM_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.bool("CRM_EMAIL_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("CRM_EMAIL_FROM", "service@localhost")
ALIYUN_SMS_URL = env.str("CRM_ALIYUN_SMS_URL", "https://dysmsapi.aliyuncs.com")
ALIYUN_SMS_KEY_ID = env.str("CRM_ALIYUN_SMS_KEY_ID", "")
ALIYUN_SMS_KEY_SECRET = env.str("CRM_ALIYUN_SMS_KEY_SECRET", "")
ALIYUN_SMS_SIGNATURE = env.str("CRM_ALIYUN_SMS_SIGNATURE", "")  # as registered there, e.g. the firm's name
ALIYUN_SMS_TEMPLATE = env.str("CRM_ALIYUN_SMS_TEMPLATE", "")  # the general template with the variable `content`

CSRF_FAILURE_VIEW = "crm.web.errors.csrf_failure"
METRICS_TOKEN = env.str("CRM_METRICS_TOKEN", "")
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["crm.web.formats"]

# --- Static files ---------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Background work ------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"clients.feeds.*": {"queue": "heavy"}, "clients.segmentation.*": {"queue": "heavy"}}
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # one log, in one form
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "segmentation-nightly": {"task": "clients.segmentation.nightly", "schedule": crontab(hour=2, minute=0)},
    # The same task again through the morning: a night whose feeds came late is caught up. The period key,
    # not the clock, decides whether the run of a day has been made.
    "segmentation-catch-up": {"task": "clients.segmentation.nightly", "schedule": crontab(hour="2-23", minute="*/10")},
    "feeds-watch-folder": {"task": "clients.feeds.watch_folder", "schedule": 30.0},
    "events-sweep": {"task": "crm.events.sweep", "schedule": 30.0},
    "messages-sweep": {"task": "crm.messaging.sweep", "schedule": 30.0},
    "jobs-sweep": {"task": "crm.jobs.sweep", "schedule": 30.0},
    "outgoing-send": {"task": "clients.feeds.send_outgoing", "schedule": crontab(hour=OUTGOING_HOUR, minute=0)},
    "queue-sweep": {"task": "callbacks.queue.sweep", "schedule": crontab(minute="*")},
    "queue-nobodys": {"task": "callbacks.queue.hold_nobodys", "schedule": crontab(minute=50)},
    "queue-new-day": {"task": "callbacks.queue.forget_passed", "schedule": crontab(hour=0, minute=5)},
    # Hourly through the day: what the morning missed is caught up, what is done is found done.
    "plans-every-day": {"task": "callbacks.plans.every_day", "schedule": crontab(hour="6-20", minute=15)},
    "plans-warn": {"task": "callbacks.plans.warn", "schedule": crontab(hour=8, minute=30)},
    "coverage-base": {
        "task": "callbacks.plans.freeze_base",
        "schedule": crontab(month_of_year=12, day_of_month=31, hour=22, minute=30),
    },
    "promises-remind": {"task": "clients.contacts.remind", "schedule": crontab(minute="*/5")},
    "exports-sweep": {"task": "crm.exports.sweep", "schedule": crontab(minute=20)},
    "takes-close": {"task": "callbacks.recordings.close_left", "schedule": crontab(minute=35)},
    "recordings-missing": {"task": "callbacks.recordings.send_to_review", "schedule": crontab(minute=25)},
    "recordings-join": {"task": "callbacks.recordings.join_found", "schedule": crontab(minute="*/5")},
    "telephony-commands": {"task": "callbacks.recordings.send_commands", "schedule": 30.0},
    "files-check": {"task": "crm.files.check", "schedule": crontab(hour=3, minute=10)},
    "drafts-sweep": {"task": "crm.drafts.sweep", "schedule": crontab(hour=3, minute=40)},
    "unusual-reading": {"task": "clients.oversight.tell_unusual", "schedule": crontab(hour=7, minute=30)},
    "calendar-ahead": {"task": "crm.worktime.extend", "schedule": crontab(hour=1, minute=10)},
}

# --- API ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.access.bearer.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("CRM_API_RATE", "600/min"), "wrong_tokens": "30/min"},
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Client service API",
    "VERSION": RELEASE,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "TierEnum": "clients.segmentation.choices.Tier",
        "StyleEnum": "clients.segmentation.choices.Style",
        "GroupEnum": "clients.segmentation.choices.Group",
        "EnquiryKindEnum": "callbacks.enquiries.choices.EnquiryKind",
        "SkipReasonEnum": "callbacks.calls.choices.SkipReason",
        "FindingEnum": "callbacks.calls.choices.Finding",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Logs -----------------------------------------------------------------------------------
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # the audit keeps addresses; the log need not
DJANGO_STRUCTLOG_CELERY_ENABLED = True  # a task's lines carry the number of the request that asked for it
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG  # sweeps run all day; what they did is said by the services
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": structlog.stdlib.ProcessorFormatter, "processor": structlog.processors.JSONRenderer()},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("CRM_LOG_LEVEL", "INFO")},
    "loggers": {
        "django_structlog": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
