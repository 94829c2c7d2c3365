"""The product's settings, with the addresses of the floors beside its own, and nothing on the console but figures."""

from crm.settings import *  # noqa: F403
from crm.settings import ALLOWED_HOSTS, LOGGING

ROOT_URLCONF = "tests.bench.urls"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
LOGGING = LOGGING | {
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django_structlog": {"level": "WARNING"}, "clients.demo.bulk": {"level": "INFO"}},
}
