"""The Celery application: `celery -A crm.celery worker|beat`.

Tasks live in the rooms (`<app>/<room>/tasks.py`); `crm.apps` imports them at start-up in every process.
"""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
