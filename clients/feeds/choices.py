from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchSource(models.TextChoices):
    COMMAND = "command", _("Command line")
    FOLDER = "folder", _("Watched folder")
    UPLOAD = "upload", _("Upload page")
    API = "api", _("API")


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting for confirmation")
    RUNNING = "running", _("Running")
    DONE = "done", _("Taken")
    PARTLY = "partly", _("Taken in part")
    FAILED = "failed", _("Not taken")
    DISCARDED = "discarded", _("Discarded")
