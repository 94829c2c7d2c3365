"""Recordings of calls and enquiries, and what the telephone system told and was told."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from callbacks.calls.models import Attempt, Call
from callbacks.recordings.choices import (
    AudioFormat,
    CommandState,
    CommandVerb,
    EventKind,
    EventSource,
    Source,
)
from callbacks.recordings.querysets import RecordingQuerySet, TakeQuerySet
from crm.files.models import StoredFile
from crm.history import keep_history
from crm.organisation.models import User

UNMATCHED = Q(call__isnull=True, enquiry__isnull=True)
ENQUIRY: dict[str, Any] = {"to": "callbacks.Enquiry", "on_delete": models.PROTECT, "null": True}


@keep_history(exclude=["peaks"])
class Recording(models.Model):
    """One recording: of a call (of one of its tries), of an enquiry, or not yet known of what."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, null=True, related_name="recordings", verbose_name=_("call")
    )
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, null=True, related_name="recordings", verbose_name=_("try")
    )
    enquiry = models.ForeignKey(**ENQUIRY, related_name="recordings", verbose_name=_("enquiry"))
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    format = models.CharField(_("format"), max_length=5, choices=AudioFormat.choices)
    duration_ms = models.PositiveIntegerField(_("length (milliseconds)"))
    complete = models.BooleanField(_("complete"), default=True)  # not: the recorder's end never arrived
    peaks = ArrayField(models.PositiveSmallIntegerField(), null=True)  # loudness from start to end, 0–100
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    telephony_ref = models.CharField(_("number at the telephone system"), max_length=100, blank=True)
    at = models.DateTimeField(_("added"))
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("added by")
    )

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=True) | Q(enquiry__isnull=True), name="callbacks_recording_of_one"
            ),
            models.CheckConstraint(
                condition=Q(attempt__isnull=True) | Q(call__isnull=False), name="callbacks_recording_try_of_call"
            ),
            models.UniqueConstraint(
                fields=["call", "file"], condition=Q(call__isnull=False), name="callbacks_recording_call_once"
            ),
            models.UniqueConstraint(
                fields=["enquiry", "file"], condition=Q(enquiry__isnull=False), name="callbacks_recording_enquiry_once"
            ),
            models.UniqueConstraint(
                fields=["telephony_ref", "file"], condition=UNMATCHED, name="callbacks_recording_loose_once"
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], condition=UNMATCHED, name="callbacks_recording_loose"),
            models.Index(fields=["telephony_ref"], condition=~Q(telephony_ref=""), name="callbacks_recording_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_matched(self) -> bool:
        return self.call_id is not None or self.enquiry_id is not None


@keep_history()
class Mark(models.Model):
    """A remark at one moment of a recording."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="marks")
    position_ms = models.PositiveIntegerField(_("moment (milliseconds)"))
    text = models.CharField(_("remark"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        default_permissions = ()
        indexes = [models.Index(fields=["recording", "position_ms", "id"], name="callbacks_mark_order")]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.position_ms}"


class Take(models.Model):
    """A recording that a browser is making: its bytes arrive piece by piece, each where the last one ended."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # chosen by the browser
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    enquiry = models.ForeignKey(**ENQUIRY, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    received = models.PositiveBigIntegerField(default=0)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, null=True, related_name="+")
    trouble = models.CharField(max_length=300, blank=True)  # why nothing came of it

    objects = TakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording being made")
        verbose_name_plural = _("recordings being made")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False, enquiry__isnull=True) | Q(call__isnull=True, enquiry__isnull=False),
                name="callbacks_take_of_one",
            )
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(closed_at__isnull=True), name="callbacks_take_open")
        ]

    def __str__(self) -> str:
        return str(self.key)


class TelephonyEvent(models.Model):
    """One thing the telephone system told, as it came. Append-only; what follows is worked out from all of a call's
    events in the order of their sequence, so the order in which they arrive does not matter."""

    event_id = models.CharField(max_length=100, unique=True)
    ref = models.CharField(_("number at the telephone system"), max_length=100)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("what happened"), max_length=16, choices=EventKind.choices)
    occurred_at = models.DateTimeField(_("time"))
    received_at = models.DateTimeField(_("received"))
    source = models.CharField(max_length=8, choices=EventSource.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="telephony_events")
    line = models.CharField(_("line"), max_length=50, blank=True)
    caller_sealed = models.BinaryField(null=True)
    caller_digest = models.BinaryField(null=True)
    caller_masked = models.CharField(_("caller"), max_length=64, blank=True)
    details = models.JSONField(default=dict)
    body_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("telephone event")
        verbose_name_plural = _("telephone events")
        default_permissions = ()
        indexes = [models.Index(fields=["ref", "sequence", "id"], name="callbacks_event_ref")]

    def __str__(self) -> str:
        return f"{self.ref} {self.sequence} {self.kind}"


class TelephonyCommand(models.Model):
    """One thing the telephone system is asked to do, until it has heard."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the telephone system does it once
    ref = models.CharField(max_length=100)
    verb = models.CharField(max_length=10, choices=CommandVerb.choices)
    sealed = models.BinaryField()  # numbers and the like, as JSON
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # later it would only do harm
    state = models.CharField(max_length=6, choices=CommandState.choices, default=CommandState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("telephone command")
        verbose_name_plural = _("telephone commands")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="queued", ended_at__isnull=True) | (~Q(state="queued") & Q(ended_at__isnull=False)),
                name="callbacks_command_ended_pair",
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="callbacks_command_due"),
            models.Index(fields=["ref", "-id"], name="callbacks_command_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.ref}"
