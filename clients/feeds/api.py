"""Feeds for programs: hand a file over, ask what became of it. The same service as the upload page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from clients.feeds import policies, uploads
from clients.feeds.models import FeedBatch
from clients.feeds.refusal import FeedRefused
from crm.access.guards import refusal
from crm.audit.services import acting
from crm.web.api.base import Api, number_of
from crm.web.api.jobs import JobSerializer

SEE = "clients.view_feedbatch"


class UploadSerializer(serializers.Serializer[Any]):
    """A file of one feed, with what the sender says of it."""

    feed = serializers.CharField(max_length=40)
    file = serializers.FileField()
    business_date = serializers.DateField(required=False)
    rows = serializers.IntegerField(required=False, min_value=0, help_text="control total")


class BatchSerializer(serializers.ModelSerializer[FeedBatch]):
    """What became of a file, row by row."""

    class Meta:
        model = FeedBatch
        fields = (
            "id", "feed", "file_name", "sha256", "size", "business_date", "rows_stated", "source", "state", "rows",
            "inserted", "updated", "unchanged", "rejected", "warnings", "unknown_columns", "first_errors", "message",
            "created_at", "ended_at",
        )  # fmt: skip


class TakenSerializer(serializers.Serializer[Any]):
    batch = BatchSerializer()
    job = JobSerializer()


class FeedsView(Api):
    """Files of feeds."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="feed_upload", request=UploadSerializer, responses={202: TakenSerializer})
    def post(self, request: Request) -> Response:
        """Hand a file over; it is loaded by a worker. The answer names the batch and the job."""
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = given.validated_data
        try:
            with acting(by=self.person, token=getattr(request.auth, "name", "")):
                batch = uploads.store_upload(
                    feed=values["feed"],
                    upload=values["file"],
                    by=self.person,
                    business_date=values.get("business_date"),
                    rows_stated=values.get("rows"),
                )
                job = uploads.confirm_upload(batch=batch, by=self.person)
        except FeedRefused as refusal:
            raise ValidationError({"file": [str(refusal)]}) from refusal
        taken = {"batch": batch, "job": job}
        return Response(TakenSerializer(taken).data, status=status.HTTP_202_ACCEPTED)


class BatchView(Api):
    """One file that came."""

    @extend_schema(operation_id="feed_batch", responses=BatchSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """What became of a file: counts, the first errors, the message where it was not taken."""
        if not (self.person.has_perm(SEE) or policies.feeds_of(self.person)):
            raise PermissionDenied(refusal(SEE))
        found = FeedBatch.objects.visible_to(self.person).filter(pk=number_of(pk)).first()
        if found is None:
            raise NotFound(_("There is no such file."))
        return Response(BatchSerializer(found).data)
