"""Plans: rules that make calls, and every making they did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import ReasonKind, Side
from callbacks.plans.choices import DueUnit, Overflow
from callbacks.scripts.models import Script
from crm.history import keep_history
from crm.organisation.models import User


@keep_history()
class Plan(models.Model):
    """A rule that makes calls of one reason. Several plans of a reason may divide the clients between them."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("reason"), max_length=20, choices=ReasonKind.choices)
    filters = models.JSONField(_("which clients"), default=dict, blank=True)  # see plans/filters.py
    share = models.DecimalField(_("share of them"), max_digits=5, decimal_places=4, default=1)
    seed = models.CharField(_("seed of the sample"), max_length=40, blank=True)  # the same seed, the same sample
    side = models.CharField(_("who calls"), max_length=12, choices=Side.choices)
    script = models.ForeignKey(Script, on_delete=models.PROTECT, related_name="plans", verbose_name=_("script"))
    rank = models.SmallIntegerField(_("urgency"))  # lower is more urgent
    due_count = models.PositiveSmallIntegerField(_("time"), default=0)
    due_unit = models.CharField(_("counted in"), max_length=24, choices=DueUnit.choices)
    warn_days = models.PositiveSmallIntegerField(_("warn days before"), default=1)
    cap = models.PositiveIntegerField(_("at most a branch and day"), null=True, blank=True)
    overflow = models.CharField(_("beyond that"), max_length=6, choices=Overflow.choices, default=Overflow.LATER)
    quiet_days = models.PositiveSmallIntegerField(_("quiet period (days)"), default=7)
    cooldown_days = models.PositiveSmallIntegerField(_("cooldown (days)"), default=90)
    lapses = models.BooleanField(_("lapses when the client no longer matches"), default=False)
    why = models.TextField(_("what it is for"), blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pause_reason = models.CharField(_("reason of the pause"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change: two editors are noticed
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        default_permissions = ("view",)
        ordering = ["rank", "code"]
        permissions = [
            ("manage_plans", _("Make, change and pause plans")),
            ("try_plans", _("Try plans")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="callbacks_plan_share"),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_by__isnull=True) | Q(paused_at__isnull=False),
                name="callbacks_plan_paused_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Making(models.Model):
    """One plan's making of calls for one occasion: a run, a day. Exists once; what it made hangs on it.

    `counts`: {"candidates", "filtered", "sampled_out", "cooling", "known", "made", "merged", "deferred", "listed",
    "later", "held"}: every candidate is in exactly one of them, so that the figures add up.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="makings", verbose_name=_("plan"))
    key = models.CharField(_("occasion"), max_length=60)  # "run:12", "day:2026-11-24"
    day = models.DateField(_("day"))
    counts = models.JSONField(_("result"), default=dict)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who"))

    class Meta:
        verbose_name = _("making of calls")
        verbose_name_plural = _("makings of calls")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="callbacks_making_once")]
        indexes = [models.Index(fields=["plan", "-day", "-id"], name="callbacks_making_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.key}"


class CoverageBase(models.Model):
    """Who counts for a year's coverage: the clients at the end of the year before, frozen on 31 December, without
    dormant and suspended ones."""

    pk = models.CompositePrimaryKey("year", "client_id")
    year = models.PositiveSmallIntegerField()
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, db_constraint=False, related_name="+")
    branch = models.ForeignKey("crm.Unit", on_delete=models.PROTECT, db_constraint=False, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.year} {self.client_id}"
