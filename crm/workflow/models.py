"""Steps of everything that has states: which ones there may be, and every one that was taken."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.workflow.querysets import TransitionQuerySet


class CurrentTransaction(models.Func):
    """The number of the running transaction, which no later one will have."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Edge(models.Model):
    """A step that may be taken: laid from the tables in the code after every migration, read by the triggers."""

    workflow = models.CharField(max_length=40)
    verb = models.CharField(max_length=20)
    old_state = models.CharField(max_length=20)
    new_state = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["workflow", "old_state", "new_state", "verb"], name="crm_edge_once")
        ]

    def __str__(self) -> str:
        return f"{self.workflow}: {self.old_state} –{self.verb}→ {self.new_state}"


class Transition(models.Model):
    """One step of one object: what, by whom, why. Append-only; a trigger refuses a change of state without its row.

    A step may leave the state as it is (an assignment, a higher priority): `details` says what changed then.
    """

    workflow = models.CharField(_("kind"), max_length=40)  # e.g. "callbacks.call"
    object_id = models.BigIntegerField()
    verb = models.CharField(_("step"), max_length=20)
    old_state = models.CharField(_("from"), max_length=20)
    new_state = models.CharField(_("to"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False, related_name="+",
        verbose_name=_("who"),
    )  # fmt: skip
    at = models.DateTimeField(_("time"))
    reason = models.CharField(_("reason"), max_length=300, blank=True, db_default="")
    details = models.JSONField(default=dict, db_default={})
    in_transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        default_permissions = ()
        indexes = [models.Index(fields=["workflow", "object_id", "id"], name="crm_transition_object")]

    def __str__(self) -> str:
        return f"{self.workflow} {self.object_id}: {self.verb}"
