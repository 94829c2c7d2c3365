"""Enquiries for programs: the list, a new one, one of them closed. Scope, masks and services are those of the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.enquiries.choices import EnquiryKind
from callbacks.enquiries.listing import RELATED, enquiry_list
from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import SEE, TAKE, VIP_LINE
from callbacks.enquiries.rows import each_line
from callbacks.enquiries.services import ChangedMeanwhile, close_enquiry, open_enquiry
from callbacks.enquiries.writing import FIELDS, Written, written_of
from clients.desk.listing import understood
from clients.desk.reads import log_search, log_shown_in_clear
from clients.profile.models import Client
from crm.access.guards import check
from crm.web.api.base import Api, page_address, size_of
from crm.web.lists import list_page

USUAL = 50
PLACE = "place of a page: take `next` and `previous` as they come"


class EnquirySerializer(serializers.Serializer[Any]):
    """An enquiry as the list shows it."""

    number = serializers.CharField(source="enquiry.enquiry_no")
    state = serializers.CharField(source="enquiry.state")
    vip = serializers.BooleanField(source="enquiry.vip")
    kind = serializers.CharField(source="enquiry.kind")
    topic = serializers.CharField(source="enquiry.topic")
    question = serializers.CharField(source="enquiry.question")
    answer = serializers.CharField(source="enquiry.answer")
    used = serializers.CharField(source="enquiry.used")
    client_no = serializers.CharField(source="enquiry.client.client_no", default="")
    caller = serializers.CharField(source="name", help_text="in clear for own clients, else masked")
    phone = serializers.CharField(source="enquiry.phone_masked", help_text="of the caller, masked")
    line = serializers.CharField(source="enquiry.line")
    owner = serializers.CharField(source="enquiry.owner.staff_no", default="")
    arrived_at = serializers.DateTimeField(source="enquiry.arrived_at")
    promised = serializers.CharField(source="enquiry.promised")
    due_at = serializers.DateTimeField(source="enquiry.due_at", allow_null=True)
    closed_at = serializers.DateTimeField(source="enquiry.closed_at", allow_null=True)
    revision = serializers.IntegerField(source="enquiry.revision")


class EnquiriesSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = EnquirySerializer(many=True)


class WrittenSerializer(serializers.Serializer[Any]):
    """What may be written about an enquiry."""

    caller_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=EnquiryKind.choices, required=False, allow_blank=True)
    topic = serializers.CharField(max_length=100, required=False, allow_blank=True)
    question = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    answer = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    used = serializers.CharField(max_length=300, required=False, allow_blank=True)
    promised = serializers.CharField(max_length=300, required=False, allow_blank=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)

    def written(self, before: Written) -> Written:
        """What is sent, over what was there."""
        sent = {name: self.validated_data[name] for name in FIELDS if name in self.validated_data}
        return replace(before, **sent)


class NewSerializer(WrittenSerializer):
    key = serializers.UUIDField(
        help_text="made by the sender: the same key makes one enquiry, however often it is sent"
    )
    client_no = serializers.CharField(required=False, allow_blank=True, max_length=32, help_text="of a client in scope")
    phone = serializers.CharField(required=False, allow_blank=True, max_length=50, help_text="of an unknown caller")
    vip_line = serializers.BooleanField(required=False, default=False)


class CloseSerializer(WrittenSerializer):
    revision = serializers.IntegerField(min_value=0, help_text="that of the enquiry as it was read")


def _query(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=words, many=name != "q")


class EnquiriesView(Api):
    permission = SEE

    @extend_schema(
        operation_id="enquiries",
        parameters=[
            _query("q", "number of the enquiry, or whatever finds a client"),
            _query("state", "codes"),
            _query("kind", "codes"),
            OpenApiParameter("limit", OpenApiTypes.INT),
            OpenApiParameter("at", OpenApiTypes.STR, description=PLACE),
        ],
        responses=EnquiriesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Enquiries in scope, the newest first; the open ones unless `state` says otherwise."""
        now, params = timezone.localtime(), request.query_params.copy()
        params.pop("limit", None)
        spec = replace(enquiry_list(self.person, now), page_size=size_of(request, USUAL))
        rows = Enquiry.objects.visible_to(self.person).select_related(*RELATED)
        page = list_page(spec, rows, params, request.path)
        if page.problems:
            raise ValidationError({"detail": list(page.problems)})
        lines = list(each_line(page.rows, self.person, now))
        log_search(request, understood(page.state.words), found=page.count.number)
        log_shown_in_clear(request, sum(line.is_own for line in lines))
        answer = {
            "next": page_address(request, page.next_url, USUAL),
            "previous": page_address(request, page.previous_url, USUAL),
            "results": lines,
        }
        return Response(EnquiriesSerializer(answer).data)

    @extend_schema(operation_id="enquiry_new", request=NewSerializer, responses={201: EnquirySerializer})
    def post(self, request: Request) -> Response:
        """A new enquiry, which whoever the token acts for answers for."""
        check(self.person, TAKE)
        sent = NewSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        try:
            made = open_enquiry(
                written=sent.written(Written()), key=given["key"], client=self._client(given.get("client_no", "")),
                phone=given.get("phone", ""), line=VIP_LINE if given["vip_line"] else "", by=self.person,
            )  # fmt: skip
        except Refused as refusal:
            raise ValidationError(_details(refusal)) from refusal
        return Response(_shown(made, self), status=201)

    def _client(self, number: str) -> Client | None:
        """The client in scope. Raises ValidationError where there is none of this number."""
        if not number:
            return None
        found = Client.objects.visible_to(self.person).filter(client_no=number.replace("\0", "")).first()
        if found is None:
            raise ValidationError({"client_no": [number]})
        return found


class EnquiryCloseView(Api):
    permission = TAKE

    @extend_schema(operation_id="enquiry_close", request=CloseSerializer, responses=EnquirySerializer)
    def post(self, request: Request, number: str) -> Response:
        """Write what is sent and close the enquiry. 409 where another revision holds."""
        rows = Enquiry.objects.visible_to(self.person).select_related(*RELATED)
        found = rows.filter(enquiry_no=number.replace("\0", "")).first()
        if found is None:
            raise NotFound
        sent = CloseSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            closed = close_enquiry(
                enquiry=found,
                written=sent.written(written_of(found)),
                revision=sent.validated_data["revision"],
                by=self.person,
            )
        except Refused as refusal:
            raise ValidationError(_details(refusal)) from refusal
        except ChangedMeanwhile as changed:
            return Response({"revision": changed.stored.revision}, status=409)
        return Response(_shown(closed, self))


def _details(refusal: Refused) -> dict[str, list[str]]:
    return refusal.message_dict if hasattr(refusal, "error_dict") else {"detail": refusal.messages}


def _shown(enquiry: Enquiry, view: Api) -> Any:
    """One enquiry as the list shows it."""
    whole = Enquiry.objects.select_related(*RELATED).get(pk=enquiry.pk)
    (line,) = each_line([whole], view.person, timezone.localtime())
    return EnquirySerializer(line).data
