"""Policies, runs, each client's current standing and its history (`segments.md`)."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from clients.profile.models import Client
from clients.segmentation.choices import ChangeKind, Group, PolicyState, RunKind, Style, Tier
from clients.segmentation.querysets import SegmentChangeQuerySet, StandingQuerySet, TrialResultQuerySet
from crm.history import keep_history
from crm.organisation.models import Unit, User


@keep_history()
class Policy(models.Model):
    """A version of the rules. One that has been used never changes (a trigger sees to it)."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    rules = models.JSONField(_("rules"))  # complete: every default filled in, see rules.py
    state = models.CharField(_("state"), max_length=10, choices=PolicyState.choices, default=PolicyState.PROPOSED)
    note = models.TextField(_("reason"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.TextField(_("reason of the decision"), blank=True)
    effective_on = models.DateField(_("takes effect on"))

    class Meta:
        verbose_name = _("segmentation policy")
        verbose_name_plural = _("segmentation policies")
        default_permissions = ()
        permissions = [
            ("view_segmentation", _("See segmentation: composition, runs, policies")),
            ("run_segmentation", _("Start a segmentation run or a backfill")),
            ("try_policy", _("Try a policy")),
            ("propose_policy", _("Propose a policy")),
            ("approve_policy", _("Approve a policy proposed by somebody else")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(proposed_by=F("decided_by")),
                name="clients_policy_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True)
                | Q(state__in=["approved", "refused"], decided_at__isnull=False),
                name="clients_policy_decided_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.name}"


class Run(models.Model):
    """A segmentation as of a day. Exists only when it was committed as a whole; one current result a day."""

    as_of = models.DateField(_("as of"))
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="runs", verbose_name=_("policy"))
    kind = models.CharField(_("kind"), max_length=10, choices=RunKind.choices)
    is_baseline = models.BooleanField(_("first run"), default=False)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaces")
    clients = models.PositiveIntegerField(_("clients"))
    changed = models.PositiveIntegerField(_("changed"))  # rows of history
    summary = models.JSONField(_("composition"))  # {"tier": {…}, "style": {…}, "group": {…}, "matches": {…}}
    digest = models.BigIntegerField(default=0)  # of every client's result: equal when the data have not changed
    job = models.ForeignKey("crm.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))

    class Meta:
        verbose_name = _("segmentation run")
        verbose_name_plural = _("segmentation runs")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["as_of"], condition=Q(replaced_by__isnull=True), name="clients_run_one_current_a_day"
            ),
        ]
        indexes = [models.Index(fields=["-as_of", "-id"], name="clients_run_as_of")]

    def __str__(self) -> str:
        return f"{self.as_of:%F} #{self.pk}"


# CNY. Sums of many amounts: wider than an amount, so that one absurd client never stops a run.
MONEY: dict[str, Any] = {"max_digits": 24, "decimal_places": 2, "default": 0, "db_default": 0}
RATIO: dict[str, Any] = {"max_digits": 28, "decimal_places": 4, "default": 0, "db_default": 0}
# A key without constraint or index of its own: a million rows a night, and what it points to is never deleted.
LOOSE: dict[str, Any] = {"on_delete": models.DO_NOTHING, "db_constraint": False, "db_index": False}


class Figures(models.Model):
    """The figures of a client as of a day, as `segments.md` defines them, and where they put the client."""

    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.NONE)
    style = models.CharField(_("style"), max_length=10, choices=Style.choices, default=Style.INVESTOR)
    group = models.CharField(_("group"), max_length=10, choices=Group.choices, default=Group.GENERAL)
    matches = ArrayField(models.CharField(max_length=10), verbose_name=_("matches"), default=list)
    average_assets = models.DecimalField(_("average assets"), **MONEY)
    trades_per_month = models.DecimalField(_("trades per month"), **RATIO)
    turnover_ratio = models.DecimalField(_("turnover a month"), **RATIO)
    commission_12m = models.DecimalField(_("commission, 12 months"), **MONEY)
    trades = models.PositiveIntegerField(_("trades in the window"), default=0, db_default=0)
    traded_amount = models.DecimalField(_("traded amount in the window"), **MONEY)
    total_assets = models.DecimalField(_("assets"), **MONEY)
    securities = models.DecimalField(_("securities"), **MONEY)
    recent_mean = models.DecimalField(_("mean of assets, recent days"), **MONEY)
    earlier_mean = models.DecimalField(_("mean of assets, days before"), **MONEY)
    last_trade_on = models.DateField(_("last trade"), null=True)
    active_months = models.PositiveSmallIntegerField(_("months with a trade, of 12"), default=0)
    # Of a client that matches `movement`: {"movements": [{"kind", "day", "size", …}, …]}, most urgent first.
    reasons = models.JSONField(_("reasons"), null=True)

    class Meta:
        abstract = True


class Standing(Figures):
    """A client's current standing: what the last run found, beside the keys by which lists filter and sort.

    One row a client, made with the client by a statement trigger, which also keeps `client_no`, `branch`, `manager`,
    `status`, `opened_on` equal to the client's and `risk_level`/`risk_until` equal to the newest assessment; the
    figures are written by segmentation alone. Narrow on purpose: lists of a million clients read only this table.
    """

    client = models.OneToOneField(
        Client, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="standing"
    )
    client_no = models.CharField(_("client number"), max_length=32)
    branch = models.ForeignKey(Unit, related_name="+", **LOOSE)
    manager = models.ForeignKey(User, null=True, related_name="+", **LOOSE)
    status = models.CharField(_("status"), max_length=10)
    opened_on = models.DateField(_("opened on"))
    risk_level = models.CharField(_("risk level"), max_length=10, default="")
    risk_until = models.DateField(_("risk profile valid until"), null=True)
    # Null: in no run yet, or no longer.
    group_since = models.DateField(_("in this group since"), null=True)
    run = models.ForeignKey(Run, null=True, related_name="+", **LOOSE)  # the run that last wrote this row
    # Coarse rank by average assets, which stays the same on most nights: see docs/decisions/0001-standing-table.md
    asset_band = models.GeneratedField(
        expression=Func(F("average_assets"), F("client_id"), function="clients_asset_band"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = StandingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["client_no"], name="clients_standing_no"),
            models.Index(fields=["opened_on", "client"], name="clients_standing_opened"),
            models.Index(fields=["asset_band"], name="clients_standing_band"),
            models.Index(fields=["branch", "asset_band"], name="clients_standing_branch"),
            models.Index(
                fields=["manager", "asset_band"],
                include=["branch", "status", "group", "tier", "style", "risk_level"],
                name="clients_standing_manager",
            ),
            models.Index(fields=["group", "asset_band"], name="clients_standing_group"),
            models.Index(fields=["group", "opened_on"], name="clients_standing_group_opened"),
            models.Index(fields=["tier", "asset_band"], name="clients_standing_tier"),
            models.Index(fields=["risk_level", "asset_band"], name="clients_standing_risk"),
            models.Index(fields=["asset_band"], condition=Q(style=Style.TRADER), name="clients_standing_traders"),
            # Counts of lists come from this one alone; for pairs of tier or branch and group the next two.
            models.Index(
                fields=["branch", "group", "tier", "style", "risk_level", "status"],
                include=["risk_until"],
                name="clients_standing_cells",
            ),
            models.Index(fields=["tier", "group", "asset_band"], name="clients_standing_tier_group"),
            models.Index(fields=["branch", "group", "asset_band"], name="clients_standing_branch_group"),
        ]

    def __str__(self) -> str:
        return self.client_no


class SegmentChange(Figures):
    """History: a row where tier, style, primary group or matches differ from the standing before. Append-only."""

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="segment_changes"
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="changes")
    branch = models.ForeignKey(Unit, related_name="+", **LOOSE)  # the client's on the day of the run
    as_of = models.DateField(_("as of"))
    kind = models.CharField(_("kind"), max_length=10, choices=ChangeKind.choices)
    announced = models.BooleanField(_("announced"))  # whether the run's event speaks of this change
    old_tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    old_style = models.CharField(max_length=10, choices=Style.choices, blank=True)
    old_group = models.CharField(max_length=10, choices=Group.choices, blank=True)
    old_matches = ArrayField(models.CharField(max_length=10), default=list)
    old_group_since = models.DateField(null=True)
    # The most urgent movement, for the order of lists: 4 alert, 3 outflow, 2 trading, 1 inflow, 0 none; size in CNY.
    movement_urgency = models.PositiveSmallIntegerField(default=0)
    movement_size = models.DecimalField(**MONEY)

    objects = SegmentChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment change")
        verbose_name_plural = _("segment changes")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "client"], name="clients_segmentchange_once")]
        indexes = [
            models.Index(fields=["client", "-as_of", "-id"], name="clients_segmentchange_client"),
            models.Index(fields=["run", "movement_urgency", "movement_size", "id"], name="clients_change_ranked"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.as_of:%F}"


class RunResult(Figures):
    """What a backfill found, client by client: it changes neither standing nor history, so it keeps its own."""

    pk = models.CompositePrimaryKey("run_id", "client_id")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="results")
    client = models.ForeignKey(Client, related_name="+", **LOOSE)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.run_id} {self.client_id}"


class Composition(models.Model):
    """How many clients a run put where, by branch: what pages count from, instead of a million standings."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="composition")
    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices)
    style = models.CharField(_("style"), max_length=10, choices=Style.choices)
    group = models.CharField(_("group"), max_length=10, choices=Group.choices)
    clients = models.PositiveIntegerField(_("clients"))
    assets = models.DecimalField(_("assets"), **MONEY)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "branch", "tier", "style", "group"], name="clients_composition_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.branch_id} {self.tier} {self.style} {self.group}: {self.clients}"


class BranchCut(models.Model):
    """A branch's cut of a run: the commission from which a client belongs to the branch's top share."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="cuts")
    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    payers = models.PositiveIntegerField(_("clients with commission"))
    rank = models.PositiveIntegerField(_("rank"))
    cut = models.DecimalField(_("cut"), **MONEY)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "branch"], name="clients_branchcut_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.branch_id}: {self.cut}"


class TrialResult(models.Model):
    """What a trial found, client by client, so that its cells can be opened. Swept after a day; unlogged."""

    pk = models.CompositePrimaryKey("job_id", "client_id")
    job = models.ForeignKey("crm.Job", on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    client = models.ForeignKey(Client, related_name="+", **LOOSE)
    branch = models.ForeignKey(Unit, related_name="+", **LOOSE)
    old_tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    old_style = models.CharField(max_length=10, choices=Style.choices, blank=True)
    old_group = models.CharField(max_length=10, choices=Group.choices, blank=True)
    old_matches = ArrayField(models.CharField(max_length=10), default=list)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices)
    style = models.CharField(_("style"), max_length=10, choices=Style.choices)
    group = models.CharField(_("group"), max_length=10, choices=Group.choices)
    matches = ArrayField(models.CharField(max_length=10), verbose_name=_("matches"), default=list)
    average_assets = models.DecimalField(_("average assets"), **MONEY)

    objects = TrialResultQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["job", "old_tier", "tier", "client"], name="clients_trialresult_tier"),
            models.Index(fields=["job", "old_group", "group", "client"], name="clients_trialresult_group"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.client_id}"
