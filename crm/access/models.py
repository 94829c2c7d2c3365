from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.Model):  # noqa: DJ008 (has no rows)
    """Permissions of the kernel that belong to no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("use_admin", _("Maintain reference tables")),
            ("manage_staff", _("Maintain staff, units and appointments")),
            ("view_read_log", _("Read the log of who read what")),
            ("view_change_history", _("Read the history of changes")),
            ("view_jobs", _("See everybody's background jobs")),
            ("manage_jobs", _("Stop and repeat everybody's background jobs")),
        ]
