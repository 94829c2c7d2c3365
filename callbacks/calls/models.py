"""Calls: one party to be reached, the reasons why, every try, every answer, what came of it (`docs/callbacks.md`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from callbacks.calls.choices import (
    OPEN,
    UNSETTLED,
    CallState,
    ConcernKind,
    ConcernState,
    Finding,
    Form,
    HandOverState,
    Hold,
    Identity,
    ReasonKind,
    ReasonState,
)
from callbacks.calls.querysets import CallQuerySet, ConcernQuerySet, HandOverQuerySet, ReasonQuerySet
from callbacks.scripts.models import ScriptVersion
from clients.profile.models import Client
from crm.history import keep_history
from crm.organisation.models import Unit, User

WAITING = Q(state=CallState.WAITING)
IS_OPEN = Q(state__in=OPEN)
# A key without constraint or index of its own: many rows a night, and what it points to is never deleted.
LOOSE: dict[str, Any] = {"on_delete": models.DO_NOTHING, "db_constraint": False, "db_index": False}
PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "null": True, "related_name": "+", "db_index": False}


@keep_history()
class OutcomeCode(models.Model):
    """How a try ended. What follows depends on the flags alone, never on the code's name."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    label_zh = models.CharField(_("Chinese name"), max_length=50)
    label_en = models.CharField(_("English name"), max_length=50)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    reached = models.BooleanField(_("the client was reached"), default=False)
    complete = models.BooleanField(_("everything was asked"), default=False)
    retry = models.BooleanField(_("is tried again"), default=False)
    refuse = models.BooleanField(_("the client refuses"), default=False)
    wrong_number = models.BooleanField(_("wrong number"), default=False)
    not_client = models.BooleanField(_("not the client"), default=False)
    objection = models.BooleanField(_("the client objects"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("outcome code")
        verbose_name_plural = _("outcome codes")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(complete=False) | Q(reached=True), name="callbacks_outcome_reached"),
            models.CheckConstraint(condition=Q(complete=False) | Q(retry=False), name="callbacks_outcome_over"),
        ]

    def __str__(self) -> str:
        return self.code


class Call(models.Model):
    """One party to be reached. Every change of state, holder, urgency or date leaves a row in `crm_transition`.

    What decides who gets it next is stored on the row (`unit`, `rank`, `due_at`, `recused`, `passed_by`, `ready`):
    claiming probes one index and never sorts. `ready` says that it may be dialled at this moment; calls that may not
    yet are outside that index, a sweep puts them in. `unit` calls; `branch` is the client's, by which people see it.
    """

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, db_index=False, related_name="calls", verbose_name=_("client")
    )
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)  # a party that is no client
    contact_sealed = models.BinaryField(null=True)
    contact_key = models.CharField(max_length=64, blank=True)  # hex digest of the contact's number
    contact_masked = models.CharField(_("contact's phone"), max_length=64, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, db_index=False, related_name="calls", verbose_name=_("who calls")
    )
    branch = models.ForeignKey(Unit, null=True, related_name="+", **LOOSE, verbose_name=_("branch"))
    form = models.CharField(_("form"), max_length=14, choices=Form.choices, default=Form.PHONE)
    kind = models.CharField(_("main reason"), max_length=20, choices=ReasonKind.choices)
    rank = models.SmallIntegerField(_("urgency"))  # lower is more urgent
    due_at = models.DateTimeField(_("due"))
    regulated = models.BooleanField(_("regulated script"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=CallState.choices, default=CallState.WAITING)

    ready = models.BooleanField(default=False)
    hold = models.CharField(_("held back"), max_length=10, choices=Hold.choices, blank=True)
    not_before = models.DateTimeField(_("not before"), null=True)
    own_hours = models.BooleanField(default=False)  # the client's own preferred hours bind, not the usual window
    closes_at = models.DateTimeField(null=True)  # when his hours end, while `ready`
    recused = ArrayField(models.BigIntegerField(), default=list)  # who may not call: managers, introducers, handlers
    passed_by = ArrayField(models.BigIntegerField(), default=list)  # who skipped it today
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON, verbose_name=_("assigned to"))
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON, verbose_name=_("being worked on by"))
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    lease_until = models.DateTimeField(null=True)
    live = models.BooleanField(default=False)  # on the line now: the lease does not run out

    script_versions = ArrayField(models.BigIntegerField(), default=list)  # frozen at the first claim, in order
    note = models.TextField(_("note"), blank=True)
    identity = models.CharField(_("identity"), max_length=8, choices=Identity.choices, blank=True)
    finding = models.CharField(_("finding"), max_length=16, choices=Finding.choices, blank=True)
    finding_note = models.TextField(_("remark on the finding"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    skips = models.PositiveSmallIntegerField(_("skips"), default=0)
    last_tried_at = models.DateTimeField(_("last try"), null=True)
    outcome = models.ForeignKey(
        OutcomeCode, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("outcome")
    )
    reached = models.BooleanField(_("reached"), default=False)
    complete = models.BooleanField(_("complete"), default=False)
    to_review = models.CharField(_("goes to review because"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON, verbose_name=_("ended by"))
    revision = models.PositiveIntegerField(default=0)  # grows with every change of note or finding

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        default_permissions = ()
        permissions = [
            ("view_calls", _("See calls")),
            ("work_calls", _("Work on calls")),
            ("courtesy_calls", _("Make courtesy calls to own clients")),
            ("assign_calls", _("Assign calls, change their urgency, watch the board")),
            ("take_calls", _("Take a certain call")),
            ("call_out_of_hours", _("Call outside the hours, with a reason")),
            ("acknowledge_findings", _("Acknowledge reports of abnormal movement")),
            ("view_concerns", _("See critical answers and complaints voiced in calls")),
            ("play_recordings", _("Play recordings of calls")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(client__isnull=False) | ~Q(contact_key=""), name="callbacks_call_has_a_party"
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.CLAIMED, claimed_by__isnull=False, lease_until__isnull=False)
                | (~Q(state=CallState.CLAIMED) & Q(claimed_by__isnull=True, lease_until__isnull=True, live=False)),
                name="callbacks_call_claimed_pair",
            ),
            models.CheckConstraint(
                condition=(IS_OPEN & Q(ended_at__isnull=True)) | (~IS_OPEN & Q(ended_at__isnull=False)),
                name="callbacks_call_ended_pair",
            ),
            models.CheckConstraint(
                condition=Q(ready=False) | Q(state=CallState.WAITING, hold=""), name="callbacks_call_ready"
            ),
            models.CheckConstraint(condition=Q(complete=False) | Q(reached=True), name="callbacks_call_reached"),
        ]
        indexes = [
            # The two indexes that `next` probes.
            models.Index(
                fields=["unit", "own_hours", "rank", "due_at", "id"],
                condition=Q(ready=True, assignee__isnull=True),
                name="callbacks_call_pool",
            ),
            models.Index(
                fields=["assignee", "own_hours", "rank", "due_at", "id"],
                condition=Q(ready=True, assignee__isnull=False),
                name="callbacks_call_assigned",
            ),
            models.Index(fields=["claimed_by"], condition=Q(claimed_by__isnull=False), name="callbacks_call_claimed"),
            models.Index(fields=["lease_until"], condition=Q(claimed_by__isnull=False), name="callbacks_call_lease"),
            # What the sweep opens and closes.
            models.Index(
                fields=["not_before"], condition=WAITING & Q(ready=False, hold=""), name="callbacks_call_opens"
            ),
            models.Index(fields=["closes_at"], condition=Q(ready=True, own_hours=True), name="callbacks_call_closes"),
            # Lists of what is open, in the order of the queue and by date.
            models.Index(fields=["rank", "due_at", "id"], condition=IS_OPEN, name="callbacks_open_rank"),
            # The board counts by unit and reason what is due first: from the index alone.
            models.Index(
                fields=["due_at", "id"], include=["unit", "kind"], condition=IS_OPEN, name="callbacks_open_due"
            ),
            models.Index(fields=["unit", "rank", "due_at", "id"], condition=IS_OPEN, name="callbacks_open_unit"),
            models.Index(
                fields=["unit", "due_at", "id"], include=["kind"], condition=IS_OPEN, name="callbacks_open_unit_due"
            ),
            models.Index(fields=["branch", "rank", "due_at", "id"], condition=IS_OPEN, name="callbacks_open_branch"),
            models.Index(fields=["kind", "rank", "due_at", "id"], condition=IS_OPEN, name="callbacks_open_kind"),
            models.Index(
                fields=["assignee", "rank", "due_at", "id"],
                condition=IS_OPEN & Q(assignee__isnull=False),
                name="callbacks_open_assignee",
            ),
            models.Index(fields=["hold", "id"], condition=IS_OPEN & ~Q(hold=""), name="callbacks_open_held"),
            # What few calls are: skipped, reached by other means than the phone.
            models.Index(fields=["due_at", "id"], condition=IS_OPEN & Q(skips__gt=0), name="callbacks_open_skipped"),
            models.Index(
                fields=["form", "rank", "due_at", "id"],
                condition=IS_OPEN & ~Q(form=Form.PHONE),
                name="callbacks_open_form",
            ),
            # What has ended.
            models.Index(fields=["-ended_at", "-id"], condition=~IS_OPEN, name="callbacks_ended"),
            models.Index(fields=["unit", "-ended_at", "-id"], condition=~IS_OPEN, name="callbacks_ended_unit"),
            models.Index(fields=["ended_by", "-ended_at", "-id"], condition=~IS_OPEN, name="callbacks_ended_by"),
            models.Index(fields=["client", "-id"], name="callbacks_call_client"),
            models.Index(fields=["client", "-ended_at"], condition=Q(reached=True), name="callbacks_call_reached"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class CallReason(models.Model):
    """Why a party is called: one kind and subject, by whatever route once while it is open.

    `subject` says what about: the run and its match, one movement, a request's number. `facts` are its figures, from
    which the sentence on the screen is made. Without a call while `listed`: beyond the branch's daily limit.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="reasons")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    contact_key = models.CharField(max_length=64, blank=True)
    branch = models.ForeignKey(Unit, null=True, related_name="+", **LOOSE)
    kind = models.CharField(_("reason"), max_length=20, choices=ReasonKind.choices)
    subject = models.CharField(_("subject"), max_length=120)
    plan = models.ForeignKey(
        "callbacks.Plan", on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("plan")
    )
    making = models.ForeignKey("callbacks.Making", on_delete=models.PROTECT, null=True, related_name="reasons")
    script = models.ForeignKey(
        "callbacks.Script", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("script")
    )
    facts = models.JSONField(default=dict)
    rank = models.SmallIntegerField(_("urgency"))
    due_at = models.DateTimeField(_("due"))
    regulated = models.BooleanField(default=True)
    lapses = models.BooleanField(default=False)  # by itself, when the client no longer matches before it is claimed
    recused = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(_("state"), max_length=10, choices=ReasonState.choices, default=ReasonState.OPEN)
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason to call")
        verbose_name_plural = _("reasons to call")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["client", "contact_key", "kind", "subject"],
                condition=Q(state__in=UNSETTLED),
                nulls_distinct=False,
                name="callbacks_reason_once",
            ),
            models.CheckConstraint(
                condition=Q(call__isnull=False) | ~Q(state=ReasonState.OPEN), name="callbacks_reason_has_a_call"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNSETTLED, ended_at__isnull=True)
                | (~Q(state__in=UNSETTLED) & Q(ended_at__isnull=False)),
                name="callbacks_reason_ended_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "kind", "-made_at"], name="callbacks_reason_cooldown"),
            models.Index(fields=["plan", "call"], name="callbacks_reason_plan"),
            models.Index(fields=["branch", "-made_at", "-id"], condition=Q(state="listed"), name="callbacks_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


@keep_history()
class Attempt(models.Model):
    """One try to reach the party: a dialling, a visit, a letter."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("call"))
    number = models.PositiveSmallIntegerField(_("try"))
    form = models.CharField(_("form"), max_length=14, choices=Form.choices, default=Form.PHONE)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    phone_masked = models.CharField(_("number called"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("began"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    talk_seconds = models.PositiveIntegerField(_("talk (seconds)"), null=True)
    hold_seconds = models.PositiveIntegerField(_("on hold (seconds)"), default=0)
    outcome = models.ForeignKey(OutcomeCode, on_delete=models.PROTECT, null=True, related_name="+")
    telephony_ref = models.CharField(max_length=100, blank=True)  # what the telephone system calls it
    out_of_hours = models.CharField(_("reason to call outside the hours"), max_length=200, blank=True)
    no_recording = models.CharField(_("reason without a recording"), max_length=200, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)  # of a visit, letter, e-mail
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="callbacks_attempt_number"),
            models.UniqueConstraint(
                fields=["telephony_ref"], condition=~Q(telephony_ref=""), name="callbacks_attempt_ref"
            ),
            models.UniqueConstraint(
                fields=["call"], condition=Q(ended_at__isnull=True), name="callbacks_attempt_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["by", "-started_at"], name="callbacks_attempt_by")]

    def __str__(self) -> str:
        return f"{self.call_id}/{self.number}"


@keep_history()
class Answer(models.Model):
    """What the party said to one question, saved as it is given."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, db_index=False, related_name="answers")
    version = models.ForeignKey(ScriptVersion, on_delete=models.PROTECT, db_index=False, related_name="+")
    question = models.CharField(max_length=50)  # its code in the script
    value = models.JSONField(null=True)
    note = models.TextField(blank=True)
    critical = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    revision = models.PositiveIntegerField(default=1)  # grows with every change: two tabs are noticed

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["call", "question"], name="callbacks_answer_once")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.question}"


class Concern(models.Model):
    """Something a contact brought up that others must deal with: kept until they have taken it up.

    A branch does not see critical answers: they may be about its own people.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=ConcernKind.choices)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="concerns")
    enquiry = models.ForeignKey("callbacks.Enquiry", on_delete=models.PROTECT, null=True, related_name="concerns")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, related_name="+")
    branch = models.ForeignKey(Unit, null=True, related_name="+", **LOOSE)
    question = models.CharField(max_length=50, blank=True)
    asked = models.TextField(_("question"), blank=True)
    said = models.TextField(_("what was said"))
    about = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("about whom"))
    state = models.CharField(_("state"), max_length=12, choices=ConcernState.choices, default=ConcernState.OPEN)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written down by"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_note = models.TextField(_("remark"), blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["call", "kind", "question"], condition=Q(call__isnull=False), name="callbacks_concern_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(state="acknowledged", acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="callbacks_concern_pair",
            ),
        ]
        indexes = [models.Index(fields=["state", "-at", "-id"], name="callbacks_concern_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class HandOver(models.Model):
    """A call or an enquiry offered to a colleague; it stays with whom it is until he accepts."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="hand_overs")
    enquiry = models.ForeignKey("callbacks.Enquiry", on_delete=models.PROTECT, null=True, related_name="hand_overs")
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("from"))
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=HandOverState.choices, default=HandOverState.ASKED)
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False, enquiry__isnull=True) | Q(call__isnull=True, enquiry__isnull=False),
                name="callbacks_handover_of_one",
            ),
            models.UniqueConstraint(fields=["call"], condition=Q(state="asked"), name="callbacks_handover_call"),
            models.UniqueConstraint(fields=["enquiry"], condition=Q(state="asked"), name="callbacks_handover_enquiry"),
        ]
        indexes = [
            models.Index(fields=["to_user", "asked_at"], condition=Q(state="asked"), name="callbacks_handover_to")
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
