"""The product's settings on the bundled servers, as the owner role (test databases are made and dropped)."""

import os
from pathlib import Path

os.environ["CRM_DB_ROLE"] = "owner"
os.environ.setdefault("CRM_KEYS", str(Path(os.environ.get("CRM_VAR", "var")).resolve() / "test-keys"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs beside the tests

from crm import embedded

embedded.boot()

from crm.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many sign-ins, no secrets
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # the process' own
WHITENOISE_AUTOREFRESH = True  # static files are not collected for tests
