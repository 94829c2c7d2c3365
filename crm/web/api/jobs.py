"""Background jobs: what became of them, stopping one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from crm.jobs import services
from crm.jobs.models import Job
from crm.jobs.selectors import may_steer
from crm.web.api.base import Api, number_of


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job as programs see it."""

    class Meta:
        model = Job
        fields = (
            "id", "kind", "key", "state", "done", "total", "note", "error", "result",
            "created_at", "started_at", "ended_at",
        )  # fmt: skip


class JobView(Api):
    """One background job: state, progress, result."""

    @extend_schema(operation_id="job", responses=JobSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """One job that the person asked for, or any with the permission to see all."""
        return Response(JobSerializer(self.job(pk)).data)

    @extend_schema(operation_id="job_cancel", request=None, responses=JobSerializer)
    def delete(self, request: Request, pk: str) -> Response:
        """Stop a job: at once while it waits, at its next step while it runs; one that has ended stays as it is."""
        job = self.job(pk)
        if not may_steer(job, self.person):
            raise PermissionDenied(_("Only whoever asked for a job, or the operations centre, may stop or repeat it."))
        return Response(JobSerializer(services.cancel(job, by=self.person)).data)

    def job(self, pk: str) -> Job:
        found = Job.objects.visible_to(self.person).filter(pk=number_of(pk)).first()
        if found is None:
            raise NotFound
        return found


def job_data(job: Job) -> Any:
    """A job for the answers of other addresses."""
    return JobSerializer(job).data
