"""What is written into a call while somebody talks, for programs: answers, note, finding, tries, the outcome."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.calls.answers import LONGEST_NOTE, AnsweredMeanwhile, save_answer
from callbacks.calls.attempts import running_attempt
from callbacks.calls.choices import Finding
from callbacks.calls.models import Attempt, Call, OutcomeCode
from callbacks.calls.notes import LONGEST, NotedMeanwhile, save_finding, save_note
from callbacks.calls.outcomes import Ending, finish
from callbacks.calls.phones import MAIN
from callbacks.desk.api.base import MOST_REVISIONS, CallApi, Conflict
from callbacks.desk.api.shapes import AttemptSerializer, KeptAnswerSerializer, StandsSerializer
from callbacks.recordings.telephony.adapters import telephony

LONGEST_VALUE = 10_000  # of an answer, as JSON


class RevisedSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(
        min_value=0, max_value=MOST_REVISIONS, help_text="that of what was read; 0 where there was nothing"
    )


class AnswerSerializer(RevisedSerializer):
    question = serializers.CharField(max_length=50, help_text="its code in the script")
    value = serializers.JSONField(allow_null=True)
    note = serializers.CharField(max_length=LONGEST_NOTE, required=False, default="", allow_blank=True)

    def validate_value(self, value: Any) -> Any:
        """What the database can keep: no NUL, no half of a character, not endless."""
        text = json.dumps(value, ensure_ascii=False)
        if "\\u0000" in text or len(text) > LONGEST_VALUE or text.encode(errors="replace").decode() != text:
            raise serializers.ValidationError(_("This could not be read."))
        return value


class NoteSerializer(RevisedSerializer):
    note = serializers.CharField(max_length=LONGEST, allow_blank=True)


class FindingSerializer(NoteSerializer):
    finding = serializers.ChoiceField(choices=Finding.choices)


class NotedSerializer(serializers.Serializer[Any]):
    """Note and finding as they are kept."""

    note = serializers.CharField()
    finding = serializers.CharField()
    finding_note = serializers.CharField()
    revision = serializers.IntegerField()


class ConflictSerializer(serializers.Serializer[Any]):
    """Another window or program has written meanwhile; nothing was changed. `stored` is what holds."""

    detail = serializers.CharField()


class AnswerConflictSerializer(ConflictSerializer):
    stored = KeptAnswerSerializer()


class NoteConflictSerializer(ConflictSerializer):
    stored = NotedSerializer()


class TrySerializer(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=20, required=False, default=MAIN, help_text="key of the number")
    out_of_hours = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="why this cannot wait for the hours"
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    outcome: serializers.Field[Any, Any, Any, Any] = serializers.SlugRelatedField(
        slug_field="code", queryset=OutcomeCode.objects.filter(is_active=True)
    )
    next_at = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="when to try again")
    no_recording = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="why there is no recording"
    )
    evidence = serializers.CharField(
        max_length=300, required=False, default="", allow_blank=True, help_text="what proves a visit or a letter"
    )


def _meanwhile(stored: Any) -> Response:
    words = _("Somebody else wrote here meanwhile. Look at what is stored, and send yours again with its revision.")
    return Response({"detail": words, "stored": stored}, status=status.HTTP_409_CONFLICT)


class AnswersView(CallApi):
    @extend_schema(
        operation_id="call_answer",
        request=AnswerSerializer,
        responses={200: KeptAnswerSerializer, 409: AnswerConflictSerializer},
    )
    def post(self, request: Request, pk: str) -> Response:
        """Keep the answer to one question. The same once more changes nothing; 409 where another answer holds."""
        call, given = self.call(pk), self.sent(AnswerSerializer).validated_data
        try:
            kept = self.done(lambda: save_answer(call=call, by=self.person, **given))
        except AnsweredMeanwhile as changed:
            return _meanwhile(KeptAnswerSerializer(changed.stored).data)
        return Response(KeptAnswerSerializer(kept).data)


class NoteView(CallApi):
    @extend_schema(
        operation_id="call_note", request=NoteSerializer, responses={200: NotedSerializer, 409: NoteConflictSerializer}
    )
    def post(self, request: Request, pk: str) -> Response:
        """Keep the note of the call. 409 where another text holds."""
        call, given = self.call(pk), self.sent(NoteSerializer).validated_data
        return self.noted(lambda: save_note(call=call, by=self.person, **given))

    def noted(self, save: Any) -> Response:
        try:
            return Response(NotedSerializer(self.done(save)).data)
        except NotedMeanwhile as changed:
            return _meanwhile(NotedSerializer(changed.stored).data)


class FindingView(NoteView):
    @extend_schema(
        operation_id="call_finding",
        request=FindingSerializer,
        responses={200: NotedSerializer, 409: NoteConflictSerializer},
    )
    def post(self, request: Request, pk: str) -> Response:
        """Keep what the check of a movement came to, with a remark (`note`). 409 as for the note."""
        call, given = self.call(pk), self.sent(FindingSerializer).validated_data
        return self.noted(lambda: save_finding(call=call, by=self.person, **given))


class AttemptsView(CallApi):
    @extend_schema(operation_id="call_try", request=TrySerializer, responses={201: AttemptSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Begin a try, by the telephone system where there is one; while one is running, that one."""
        call, given = self.call(pk), self.sent(TrySerializer).validated_data
        begun = self.done(lambda: telephony().dial(call=call, by=self.person, **given))
        return Response(AttemptSerializer(begun).data, status=status.HTTP_201_CREATED)


class AttemptEndView(CallApi):
    @extend_schema(operation_id="call_try_end", request=None, responses=AttemptSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Hang up: end the try that is running. 409 where none is."""
        running = self._running(self.call(pk))
        self.done(lambda: telephony().end(attempt=running, by=self.person))
        return Response(AttemptSerializer(Attempt.objects.select_related("by", "outcome").get(pk=running.pk)).data)

    def _running(self, call: Call) -> Attempt:
        found = running_attempt(call)
        if found is None:
            raise Conflict(_("Nobody is on the line."))
        if found.by_id != self.person.pk:
            raise PermissionDenied(_("Somebody else is on the line."))
        return found


class OutcomeView(CallApi):
    @extend_schema(operation_id="call_outcome", request=OutcomeSerializer, responses=StandsSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """How the try ended: the call is finished, or waits for another try. Sent twice it counts once."""
        call, given = self.call(pk), self.sent(OutcomeSerializer).validated_data
        ending = Ending(given["next_at"], given["no_recording"], given["evidence"])
        done = self.done(lambda: finish(call=call, outcome=given["outcome"], ending=ending, by=self.person))
        return Response(StandsSerializer(done).data)
