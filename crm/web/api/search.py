"""The search of the whole product for programs: the same finders, scope and log."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from crm.web.api.base import Api
from crm.web.lists.filters import SEARCH_MAX
from crm.web.search import look_for

HITS = 20


class HitSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    line = serializers.CharField()
    url = serializers.CharField()


class GroupSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    more = serializers.BooleanField()
    hits = HitSerializer(many=True)


class ResultsSerializer(serializers.Serializer[Any]):
    groups = GroupSerializer(many=True)


class SearchView(Api):
    """Client number, whole phone or its last four digits, ID number, name, pinyin initials."""

    @extend_schema(
        operation_id="search",
        parameters=[OpenApiParameter("q", OpenApiTypes.STR, required=True, description="what is looked for")],
        responses=ResultsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Hits in groups, inside the person's scope; names masked as on the pages."""
        words = request.query_params.get("q", "").replace("\0", "").strip()[:SEARCH_MAX]
        results = look_for(request, words, HITS)
        if results.problem:
            raise ValidationError({"q": [results.problem]})
        groups = [
            {
                "name": group.finder.name,
                "title": str(group.finder.title),
                "more": group.found.more,
                "hits": [{"title": str(hit.title), "line": hit.line, "url": hit.url} for hit in group.found.hits],
            }
            for group in results.groups
        ]
        return Response({"groups": groups})
