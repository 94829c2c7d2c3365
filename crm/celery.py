"""The Celery application: `celery -A crm.celery worker|beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Tasks live in the rooms, one package below each app.
app.autodiscover_tasks(
    ["crm.events", "crm.jobs", "crm.audit", "clients.feeds", "clients.segmentation"], related_name="tasks"
)
