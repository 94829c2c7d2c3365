"""How a call looks to a program."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from callbacks.calls.models import Attempt, Call, HandOver
from callbacks.recordings.models import TelephonyEvent
from clients.desk.api import CountSerializer


class CallLineSerializer(serializers.Serializer[Any]):
    """A call as the list shows it."""

    id = serializers.IntegerField(source="one.pk")
    client_no = serializers.CharField(source="one.client_no", allow_null=True, help_text="null: the party is no client")
    name = serializers.CharField(help_text="in clear for own clients, else masked")
    kind = serializers.CharField(source="one.kind", help_text="code of the most urgent reason")
    why = serializers.CharField(help_text="the reason in a sentence")
    urgency = serializers.IntegerField(source="one.rank", help_text="lower is more urgent")
    due_at = serializers.DateTimeField(source="one.due_at")
    left = serializers.CharField(source="left.words", help_text="working time that is left, in words")
    overdue = serializers.BooleanField(source="left.over")
    state = serializers.CharField(source="one.state")
    hold = serializers.CharField(source="one.hold")
    form = serializers.CharField(source="one.form")
    assignee = serializers.CharField(source="one.assignee", allow_null=True)
    claimed_by = serializers.CharField(source="one.claimed_by", allow_null=True)
    tries = serializers.IntegerField(source="one.tries")
    skips = serializers.IntegerField(source="one.skips")
    last_tried_at = serializers.DateTimeField(source="one.last_tried_at", allow_null=True)
    made_at = serializers.DateTimeField(source="one.made_at")
    ended_at = serializers.DateTimeField(source="one.ended_at", allow_null=True)
    ended_by = serializers.CharField(source="one.ended_by", allow_null=True)
    outcome = serializers.CharField(help_text="in words; empty while there is none")
    tier = serializers.CharField(source="one.tier", allow_null=True)
    branch = serializers.CharField(source="one.branch", allow_null=True)
    unit = serializers.CharField(source="one.unit", help_text="who calls")


class CallsSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = CountSerializer()
    results = CallLineSerializer(many=True)


class StandsSerializer(serializers.ModelSerializer[Call]):
    """Where a call stands after a step."""

    claimed_by = serializers.CharField(source="claimed_by.staff_no", default="")
    outcome = serializers.CharField(source="outcome.code", default="")

    class Meta:
        model = Call
        fields = ("id", "state", "claimed_by", "lease_until", "revision", "tries", "skips", "outcome", "ended_at")
        extra_kwargs = {"state": {"help_text": "waiting, claimed, done, lapsed or withdrawn"}}

    state = serializers.CharField()


class NumberSerializer(serializers.Serializer[Any]):
    """A number of the party, for whoever holds the call."""

    key = serializers.CharField(help_text="names it when a try begins")
    number = serializers.CharField(source="clear")
    remark = serializers.CharField()


class ReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(source="reason.kind")
    words = serializers.CharField()
    due_at = serializers.DateTimeField(source="reason.due_at")
    state = serializers.CharField(source="reason.state")


class ChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    critical = serializers.BooleanField()


class KeptAnswerSerializer(serializers.Serializer[Any]):
    """An answer as it is kept. `revision` goes with the next change of it; 0 where there is none."""

    value = serializers.JSONField()
    note = serializers.CharField()
    revision = serializers.IntegerField()
    critical = serializers.BooleanField()


class QuestionSerializer(serializers.Serializer[Any]):
    """A question of the script that the call keeps."""

    code = serializers.CharField(source="asked.question.code")
    kind = serializers.CharField(source="asked.question.kind")
    topic = serializers.CharField(source="asked.question.topic")
    optional = serializers.BooleanField(source="asked.question.optional")
    text = serializers.CharField(source="asked.text", help_text="filled in for this party")
    help = serializers.CharField(source="asked.help")
    choices = ChoiceSerializer(source="asked.choices", many=True)
    likely = serializers.BooleanField(help_text="on the way as it looks by the answers so far")
    answer = KeptAnswerSerializer(allow_null=True)


class SaidSerializer(serializers.Serializer[Any]):
    """An answer in words; a critical one is hidden from whoever it may be about."""

    asked = serializers.CharField()
    words = serializers.CharField()
    note = serializers.CharField()
    critical = serializers.BooleanField()
    hidden = serializers.BooleanField(source="is_hidden")
    by = serializers.CharField()
    at = serializers.DateTimeField()


class StepSerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """A try to reach the party."""

    by = serializers.CharField(source="by.staff_no")
    outcome = serializers.CharField(source="outcome.code", default="")
    form = serializers.CharField()

    class Meta:
        model = Attempt
        fields = (
            "number", "form", "by", "phone_masked", "started_at", "answered_at", "ended_at", "talk_seconds",
            "hold_seconds", "outcome", "out_of_hours", "no_recording", "evidence",
        )  # fmt: skip


class OfferSerializer(serializers.ModelSerializer[HandOver]):
    """A call offered to a colleague."""

    from_user = serializers.CharField(source="from_user.staff_no")
    to_user = serializers.CharField(source="to_user.staff_no")
    state = serializers.CharField()

    class Meta:
        model = HandOver
        fields = ("id", "call", "from_user", "to_user", "reason", "state", "asked_at", "answered_at", "answer")


@extend_schema_serializer(component_name="Call")
class CallSerializer(serializers.Serializer[Any]):
    """One call: whom, why, what to ask, what was done. Made of the call's page and its trace."""

    id = serializers.IntegerField(source="call.pk")
    client_no = serializers.CharField(source="who.client.client_no", default="")
    name = serializers.CharField(source="who.name", help_text="in clear for whoever holds the call and for own clients")
    in_clear = serializers.BooleanField(source="who.is_clear")
    phone = serializers.CharField(source="who.masked_phone", help_text="masked")
    numbers = NumberSerializer(source="who.numbers", many=True, help_text="for whoever holds the call alone")
    branch = serializers.CharField(source="call.branch.code", default="")
    unit = serializers.CharField(source="call.unit.code", help_text="who calls")
    form = serializers.CharField(source="call.form")
    sentence = serializers.CharField(help_text="why, in one sentence")
    reasons = ReasonSerializer(many=True)
    urgency = serializers.IntegerField(source="call.rank", help_text="lower is more urgent")
    due_at = serializers.DateTimeField(source="call.due_at")
    left = serializers.CharField(source="left.words")
    overdue = serializers.BooleanField(source="left.over")
    state = serializers.CharField(source="call.state")
    hold = serializers.CharField(source="call.hold")
    assignee = serializers.CharField(source="call.assignee.staff_no", default="")
    claimed_by = serializers.CharField(source="call.claimed_by.staff_no", default="")
    lease_until = serializers.DateTimeField(source="call.lease_until", allow_null=True)
    mine = serializers.BooleanField(source="is_mine", help_text="you hold it and may write into it")
    note = serializers.CharField(source="call.note")
    identity = serializers.CharField(source="call.identity")
    finding = serializers.CharField(source="call.finding")
    finding_note = serializers.CharField(source="call.finding_note")
    revision = serializers.IntegerField(source="call.revision", help_text="of note and finding")
    script = QuestionSerializer(many=True, help_text="for whoever holds the call; else empty")
    answers = SaidSerializer(many=True)
    attempts = AttemptSerializer(many=True)
    steps = StepSerializer(many=True)
    outcome = serializers.CharField(source="call.outcome.code", default="")
    reached = serializers.BooleanField(source="call.reached")
    complete = serializers.BooleanField(source="call.complete")
    ended_at = serializers.DateTimeField(source="call.ended_at", allow_null=True)
    ended_by = serializers.CharField(source="call.ended_by.staff_no", default="")


class EventSerializer(serializers.ModelSerializer[TelephonyEvent]):
    """What the telephone system told of a try."""

    attempt = serializers.IntegerField(source="attempt.number")
    event = serializers.CharField(source="kind")
    source = serializers.CharField(help_text="webhook or manual")  # type: ignore[assignment]

    class Meta:
        model = TelephonyEvent
        fields = ("event_id", "ref", "attempt", "sequence", "event", "occurred_at", "received_at", "source", "line")


class RecordingSerializer(serializers.Serializer[Any]):
    """A recording of a call."""

    id = serializers.IntegerField(source="recording.pk")
    source = serializers.CharField(source="recording.source")  # type: ignore[assignment]
    format = serializers.CharField(source="recording.format")
    duration_ms = serializers.IntegerField(source="recording.duration_ms")
    complete = serializers.BooleanField(source="recording.complete")
    file_name = serializers.CharField(source="recording.file_name")
    size = serializers.IntegerField(source="recording.file.size", help_text="bytes")
    sha256 = serializers.CharField(source="recording.file.sha256")
    at = serializers.DateTimeField(source="recording.at")
    by = serializers.CharField(source="recording.by.staff_no", default="")
    may_play = serializers.BooleanField()
