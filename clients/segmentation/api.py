"""Segments for programs: today's composition and the runs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from clients.segmentation.composition_page import in_scope
from clients.segmentation.models import Composition, Run
from clients.segmentation.selectors import current_run
from crm.access.scope import scope_of
from crm.web.api.base import Api


class RunSerializer(serializers.ModelSerializer[Run]):
    policy = serializers.IntegerField(source="policy.version")

    class Meta:
        model = Run
        fields = ("id", "as_of", "kind", "policy", "started_at", "ended_at")


class CellSerializer(serializers.ModelSerializer[Composition]):
    branch = serializers.CharField(source="branch.code")

    class Meta:
        model = Composition
        fields = ("branch", "tier", "style", "group", "clients", "assets")


class CompositionSerializer(serializers.Serializer[Any]):
    run = RunSerializer()
    cells = CellSerializer(many=True)


class CompositionView(Api):
    permission = "clients.view_segmentation"

    @extend_schema(operation_id="composition", responses=CompositionSerializer)
    def get(self, request: Request) -> Response:
        """How many clients the newest run put where, by branch, in the person's scope."""
        run = current_run()
        if run is None:
            raise NotFound
        cells = in_scope(scope_of(self.person), run).select_related("branch")
        ordered = cells.order_by("branch__code", "tier", "style", "group")
        return Response(CompositionSerializer({"run": run, "cells": ordered}).data)
