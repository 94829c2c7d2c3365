"""The next call, a certain call, and giving one back, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.calls.choices import SkipReason
from callbacks.desk.api.base import CallApi
from callbacks.desk.api.calls import whole
from callbacks.desk.api.shapes import CallSerializer, StandsSerializer
from callbacks.queue.claiming import next_call, take_call
from callbacks.queue.giving_back import release_call, skip_call


class TakeSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)
    out_of_hours = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="why this cannot wait for the hours"
    )


class SkipSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=SkipReason.choices)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class NextView(CallApi):
    @extend_schema(
        operation_id="call_next",
        request=None,
        responses={200: CallSerializer, 204: OpenApiResponse(description="no call that you may make waits now")},
    )
    def post(self, request: Request) -> Response:
        """The most urgent call that the person may make now, claimed for him; what he holds already comes first."""
        found = self.done(lambda: next_call(by=self.person))
        if found is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(whole(self, str(found.pk)))


class TakeView(CallApi):
    @extend_schema(operation_id="call_take", request=TakeSerializer, responses=CallSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Take this call: the client is on the line, or a supervisor decides so. 409 where somebody was faster."""
        call, given = self.call(pk), self.sent(TakeSerializer).validated_data
        self.done(
            lambda: take_call(call=call, reason=given["reason"], out_of_hours=given["out_of_hours"], by=self.person)
        )
        return Response(whole(self, pk))


class SkipView(CallApi):
    @extend_schema(operation_id="call_skip", request=SkipSerializer, responses=StandsSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Pass the call on, with the reason; everything written is kept with it."""
        call, given = self.call(pk), self.sent(SkipSerializer).validated_data
        done = self.done(lambda: skip_call(call=call, reason=given["reason"], note=given["note"], by=self.person))
        return Response(StandsSerializer(done).data)


class ReleaseView(CallApi):
    @extend_schema(operation_id="call_release", request=None, responses=StandsSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Give the call back to the queue; everything written is kept with it."""
        call = self.call(pk)
        return Response(StandsSerializer(self.done(lambda: release_call(call=call, by=self.person))).data)
