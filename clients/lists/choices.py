from django.db import models
from django.utils.translation import gettext_lazy as _


class ListKind(models.TextChoices):
    FIXED = "fixed", _("Fixed: these clients")
    RULE = "rule", _("By rule: whoever matches today")
