"""Clients for programs: the list with its own filters, one client, his timeline and his changes of segment.

Scope, masks and the log of reads are those of the pages; the same functions make them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clients.desk.listing import client_list, understood
from clients.desk.reads import log_opened, log_search, log_shown_in_clear
from clients.desk.timeline.page import large_flow, timeline_of
from clients.desk.views.client import file_or_404
from clients.profile.models import Client
from clients.profile.policies import own_manager_ids, shown_name
from clients.profile.selectors import ClientFile
from clients.segmentation.models import SegmentChange, Standing
from clients.segmentation.rules import Rules, parse
from crm.web.api.base import Api, page_address, size_of
from crm.web.lists import list_page

USUAL = 50
MOST_CHANGES = 200
READ = "api"  # how the log of reads names this way in


class FiguresSerializer(serializers.ModelSerializer[Standing]):
    """Where a client stands, with the figures of the last run; money in CNY as text."""

    branch = serializers.CharField(source="branch.code")
    manager = serializers.CharField(source="manager.staff_no", default="")

    class Meta:
        model = Standing
        fields = (
            "client_no", "branch", "manager", "status", "opened_on", "tier", "style", "group", "matches", "group_since",
            "average_assets", "total_assets", "trades_per_month", "turnover_ratio", "commission_12m", "last_trade_on",
            "active_months", "risk_level", "risk_until",
        )  # fmt: skip


class ClientSerializer(FiguresSerializer):
    name = serializers.CharField(help_text="in clear for own clients, else masked")

    class Meta(FiguresSerializer.Meta):
        fields = ("name", *FiguresSerializer.Meta.fields)  # type: ignore[assignment]


class FileSerializer(ClientSerializer):
    kind = serializers.CharField()
    phone = serializers.CharField()
    id_number = serializers.CharField()
    email = serializers.CharField()
    address = serializers.CharField()
    investor_class = serializers.CharField()

    class Meta(ClientSerializer.Meta):
        more = ("kind", "phone", "id_number", "email", "address", "investor_class")
        fields = (*ClientSerializer.Meta.fields, *more)  # type: ignore[assignment]


class CountSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    capped = serializers.BooleanField(help_text="there are more than `number`")


class ClientsSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = CountSerializer()
    results = ClientSerializer(many=True)


class EntrySerializer(serializers.Serializer[Any]):
    when = serializers.CharField()
    text = serializers.CharField()
    note = serializers.CharField()
    body = serializers.CharField()


class TimelineSerializer(serializers.Serializer[Any]):
    older = serializers.CharField(allow_null=True)
    results = EntrySerializer(many=True)


class ChangeSerializer(serializers.ModelSerializer[SegmentChange]):
    """A change of segment, with the figures that decided and the policy's version."""

    policy = serializers.IntegerField(source="run.policy.version")

    class Meta:
        model = SegmentChange
        fields = (
            "as_of", "kind", "old_tier", "tier", "old_style", "style", "old_group", "group", "old_matches", "matches",
            "average_assets", "trades_per_month", "turnover_ratio", "commission_12m", "reasons", "policy",
        )  # fmt: skip


def _query(name: str, words: str, *, many: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=words, many=many)


FILTERS = [
    _query("q", "number, name, initials, whole phone or its last four digits"),
    *(_query(name, "codes; several are an or", many=True) for name in ("tier", "style", "group", "risk", "status")),
    _query("branch", "branch codes", many=True),
    _query("manager", "staff numbers, or `none`", many=True),
    _query("sort", "assets, number or opened; `-` in front turns it round"),
    _query("at", "place of a page: take `next` and `previous` as they come"),
    OpenApiParameter("limit", OpenApiTypes.INT, description="rows a page, 1 to 200"),
]


class ClientsView(Api):
    permission = "clients.view_client"

    @extend_schema(operation_id="clients", parameters=FILTERS, responses=ClientsSerializer)
    def get(self, request: Request) -> Response:
        """The clients in the person's scope, page by page. A filter that is not understood is an error here."""
        today = timezone.localdate()
        params = request.query_params.copy()
        params.pop("limit", None)
        spec = replace(client_list(self.person, params, today), page_size=size_of(request, USUAL), keys_only=False)
        rows = Standing.objects.visible_to(self.person).select_related("branch", "manager")
        page = list_page(spec, rows, params, request.path)
        if page.problems:
            raise ValidationError({"detail": list(page.problems)})
        own = own_manager_ids(self.person)
        names = dict(Client.objects.filter(pk__in=[row.pk for row in page.rows]).values_list("pk", "name"))
        kinds = dict(Client.objects.filter(pk__in=[row.pk for row in page.rows]).values_list("pk", "kind"))
        for row in page.rows:
            row.name = shown_name(names[row.pk], kinds[row.pk], clear=row.manager_id in own)  # type: ignore[attr-defined]
        log_search(request, understood(page.state.words), found=page.count.number)
        log_shown_in_clear(request, sum(row.manager_id in own for row in page.rows))
        answer = {
            "next": page_address(request, page.next_url, USUAL),
            "previous": page_address(request, page.previous_url, USUAL),
            "count": {"number": page.count.number, "capped": page.count.capped},
            "results": page.rows,
        }
        return Response(ClientsSerializer(answer).data)


class _OneClient(Api):
    permission = "clients.view_client"

    def file(self, client_no: str) -> ClientFile:
        """The client in the person's scope, put down as opened. Raises Http404."""
        file = file_or_404(self.request, client_no)
        log_opened(self.request, file, READ)
        return file


class ClientView(_OneClient):
    @extend_schema(operation_id="client", responses=FileSerializer)
    def get(self, request: Request, client_no: str) -> Response:
        """One client: his file masked as on the page, and where he stands."""
        file = self.file(client_no)
        client, standing = file.client, file.client.standing
        shown = {"name": file.name, "phone": file.phone, "kind": client.kind, "investor_class": client.investor_class}
        shown |= {field: getattr(client, f"{field}_masked") for field in ("id_number", "email", "address")}
        standing.branch, standing.manager = client.branch, client.manager
        return Response(FiguresSerializer(standing).data | shown)


class TimelineView(_OneClient):
    @extend_schema(
        operation_id="client_timeline",
        parameters=[
            _query("kind", "contacts, promises, notes, segments, money, suitability, file or alerts"),
            _query("before", "place of a page: take `older` as it comes"),
        ],
        responses=TimelineSerializer,
    )
    def get(self, request: Request, client_no: str) -> Response:
        """Everything that happened to a client, newest first, in words."""
        file = self.file(client_no)
        standing = file.client.standing
        rules = parse(standing.run.policy.rules) if standing.run else Rules()
        large = large_flow(standing, rules.movement)
        timeline = timeline_of(file.client, request.query_params, large=large)
        lines = [
            {"when": strip_tags(one.when), "text": strip_tags(one.text), "note": one.note, "body": one.body}
            for one in timeline.lines
        ]
        _path, _mark, place = timeline.older_url.partition("?")
        older = request.build_absolute_uri(f"{request.path}?{place}") if place else None
        return Response(TimelineSerializer({"older": older, "results": lines}).data)


class ChangesView(_OneClient):
    @extend_schema(operation_id="client_segments", responses=ChangeSerializer(many=True))
    def get(self, request: Request, client_no: str) -> Response:
        """The newest 200 changes of segment of a client, newest first."""
        changes = SegmentChange.objects.filter(client_id=self.file(client_no).client.pk).select_related("run__policy")
        return Response(ChangeSerializer(changes.order_by("-as_of", "-pk")[:MOST_CHANGES], many=True).data)
