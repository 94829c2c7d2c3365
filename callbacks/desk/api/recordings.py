"""Recordings of calls and what the telephone system told of them, for programs.

Events themselves are taken in by the signed address of the telephone system (`docs/telephony.md`), not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.desk.api.base import CallApi
from callbacks.desk.api.shapes import EventSerializer, RecordingSerializer
from callbacks.recordings import plays, policies, selectors, services
from callbacks.recordings.models import Recording, TelephonyEvent
from crm.files.errors import FileRefused
from crm.files.serving import serve
from crm.web.api.base import number_of

PIECE = 64 * 1024
MOST_EVENTS = 1_000
ANY_BYTES = {"application/octet-stream": OpenApiTypes.BINARY}


class TooLarge(APIException):
    """More bytes than a recording may have."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class PlaySerializer(serializers.Serializer[Any]):
    url = serializers.CharField(help_text="of the sound, for this person, for a few hours")


class RecordingsView(CallApi):
    @extend_schema(operation_id="call_recordings", responses=RecordingSerializer(many=True))
    def get(self, request: Request, pk: str) -> Response:
        """The recordings of a call, in the order in which they came."""
        shown = selectors.of_call(self.call(pk), self.person)
        return Response(RecordingSerializer(shown, many=True).data)

    @extend_schema(
        operation_id="call_recording_upload",
        parameters=[OpenApiParameter("name", OpenApiTypes.STR, description="file name")],
        request=ANY_BYTES,
        responses={201: RecordingSerializer},
    )
    def post(self, request: Request, pk: str) -> Response:
        """The body is the sound (WAV, MP3, M4A, Ogg, WebM). 413 beyond the limit; the same content again is the same
        recording."""
        call, name = self.call(pk), request.query_params.get("name", "").replace("\0", "")
        try:
            kept = self.done(lambda: services.add_recording(pieces(request), by=self.person, name=name, call=call))
        except FileRefused as refused:
            raise ValidationError({"detail": [str(refused)]}) from refused
        shown = selectors.shown(kept, self.person)
        return Response(RecordingSerializer(shown).data, status=status.HTTP_201_CREATED)


def pieces(request: Request) -> Iterator[bytes]:
    """The body piece by piece; nothing is read that says itself that it is too large. Raises TooLarge."""
    most, size = settings.RECORDING_MAX_BYTES, 0
    words = _("The file is larger than %(limit)s.") % {"limit": filesizeformat(most)}
    stated = request.headers.get("Content-Length", "")
    if stated.isascii() and stated.isdecimal() and int(stated[:18]) > most:
        raise TooLarge(words)
    while piece := request._request.read(PIECE):
        size += len(piece)
        if size > most:
            raise TooLarge(words)
        yield piece


class _OneRecording(CallApi):
    def recording(self, pk: str) -> Recording:
        """A recording that the person sees. Raises NotFound."""
        seen = Recording.objects.visible_to(self.person).filter(call__isnull=False, pk=number_of(pk))
        found = seen.select_related("file", "by", "attempt", "call__client", "enquiry__client").first()
        if found is None:
            raise NotFound
        return found


class PlayView(_OneRecording):
    @extend_schema(operation_id="recording_play", request=None, responses=PlaySerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Begin to listen, which is logged; the answer is the address of the sound."""
        found = self.recording(pk)
        word = plays.begin(by=self.person, recording=found, request=request)
        address = f"{reverse('api:recording-sound', args=[found.pk])}?{urlencode({'play': word})}"
        return Response({"url": request.build_absolute_uri(address)})


class SoundView(_OneRecording):
    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A sound is sent as what it is, whatever is asked for; a refusal is JSON."""
        return JSONRenderer(), JSONRenderer.media_type

    @extend_schema(
        operation_id="recording_sound",
        parameters=[
            OpenApiParameter("play", OpenApiTypes.STR, required=True, description="as `play` gave it"),
            OpenApiParameter("Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="bytes=…"),
        ],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY,
                   (206, "application/octet-stream"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """The sound, whole or in part, for a play that was begun and so logged."""
        found = self.recording(pk)
        policies.check_play(self.person, found)
        if not plays.is_play(request.query_params.get("play", ""), by=self.person, recording=found):
            raise PermissionDenied(_("Begin to listen first: that puts down that you do."))
        return serve(request, found.file, name=found.file_name or f"{found.pk}.{found.format}")


class EventsView(CallApi):
    @extend_schema(operation_id="call_events", responses=EventSerializer(many=True))
    def get(self, request: Request, pk: str) -> Response:
        """What the telephone system told of the tries of a call, in its order; the first 1,000."""
        told = TelephonyEvent.objects.filter(attempt__call=self.call(pk)).select_related("attempt")
        found = told.order_by("attempt__number", "sequence", "pk")[:MOST_EVENTS]
        return Response(EventSerializer(found, many=True).data)
