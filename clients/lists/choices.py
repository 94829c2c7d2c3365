from django.db import models
from django.utils.translation import gettext_lazy as _


class ListKind(models.TextChoices):
    FIXED = "fixed", _("Fixed: these clients")
    RULE = "rule", _("By rule: whoever matches today")


class BulkVerb(models.TextChoices):
    TAG = "tag", _("Put a tag on")
    UNTAG = "untag", _("Take a tag off")
    ADD = "add", _("Put on a list")
    REMOVE = "remove", _("Take off a list")
    ASSIGN = "assign", _("Assign a manager")
