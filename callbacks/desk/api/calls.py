"""Calls for programs: the two lists with their own filters, and one call as its page shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.calls.models import Answer, Call
from callbacks.desk.api.base import CallApi
from callbacks.desk.api.shapes import CallSerializer, CallsSerializer
from callbacks.desk.call_page import CallPage, call_page
from callbacks.desk.call_script import Asked, Script
from callbacks.desk.call_trace import trace_of
from callbacks.desk.listing import ended_calls, ended_list_of, open_calls, open_list_of
from callbacks.desk.rows import lines_of
from callbacks.desk.sentences import sentence_of
from callbacks.scripts.content import outlook
from clients.desk.listing import understood
from clients.desk.reads import log_search, log_shown_in_clear
from crm.audit.models import ReadKind
from crm.audit.services import record_read
from crm.organisation.models import User
from crm.web.api.base import page_address, size_of
from crm.web.lists import ListSpec, list_page

USUAL = 50


def _query(name: str, words: str, *, many: bool = True) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, description=words, many=many)


CODES = ("reason", "state", "branch", "unit", "tier", "plan", "form")
COMMON = [
    _query("q", "number, name, initials, whole phone or its last four digits of the client", many=False),
    _query("whose", "mine, team, branch or own", many=False),
    *(
        _query(name, "codes; several are an or")
        for name in ("reason", "state", "branch", "unit", "tier", "plan", "form")
    ),
    _query("at", "place of a page: take `next` and `previous` as they come", many=False),
    OpenApiParameter("limit", OpenApiTypes.INT, description="rows a page, 1 to 200"),
]
OPEN_FILTERS = [
    *COMMON,
    _query("due", "overdue, today or week"),
    _query("held", "why it is held back, `passed` or `none`"),
    _query("assignee", "staff numbers, or `nobody`"),
    _query("sort", "urgency or due; `-` in front turns it round", many=False),
]
ENDED_FILTERS = [
    *COMMON,
    _query("ended", "today, week or month"),
    _query("outcome", "codes, or `none`"),
    _query("ended_by", "staff numbers"),
    _query("sort", "ended; `-` in front turns it round", many=False),
]


class _List(CallApi):
    """One of the lists, page by page. A filter that is not understood is an error here."""

    spec_for: ClassVar[Callable[[User, QueryDict, dt.datetime], ListSpec]]
    rows: ClassVar[Callable[[User], QuerySet[Call]]]

    def page(self, request: Request) -> Response:
        now, params, kind = timezone.localtime(), request.query_params.copy(), type(self)
        params.pop("limit", None)
        spec = replace(kind.spec_for(self.person, params, now), page_size=size_of(request, USUAL))
        page = list_page(spec, kind.rows(self.person), params, request.path)
        if page.problems:
            raise ValidationError({"detail": list(page.problems)})
        lines = lines_of([one.pk for one in page.rows], self.person, now)
        log_search(request, understood(page.state.words), found=page.count.number)
        log_shown_in_clear(request, sum(line.is_own for line in lines))
        answer = {
            "next": page_address(request, page.next_url, USUAL),
            "previous": page_address(request, page.previous_url, USUAL),
            "count": {"number": page.count.number, "capped": page.count.capped},
            "results": lines,
        }
        return Response(CallsSerializer(answer).data)


class CallsView(_List):
    spec_for, rows = open_list_of, open_calls

    @extend_schema(operation_id="calls", parameters=OPEN_FILTERS, responses=CallsSerializer)
    def get(self, request: Request) -> Response:
        """The open calls in scope: what waits or is being worked on, in the order of the queue."""
        return self.page(request)


class EndedCallsView(_List):
    spec_for, rows = ended_list_of, ended_calls

    @extend_schema(operation_id="calls_ended", parameters=ENDED_FILTERS, responses=CallsSerializer)
    def get(self, request: Request) -> Response:
        """The calls in scope that were finished, lapsed or were withdrawn, the newest first."""
        return self.page(request)


class ToAsk(NamedTuple):
    asked: Asked
    answer: Answer | None
    likely: bool


@dataclass(frozen=True)
class Whole:
    """A call's page and trace as one thing; what the page alone knows is asked of it."""

    page: CallPage
    sentence: str
    script: list[ToAsk]
    answers: Any
    steps: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)


def whole(view: CallApi, pk: str) -> Any:
    """One call with everything that its page and its trace show this person; whoever does not hold it, has opened a
    client's page. A claim puts down by itself that name and phone are shown."""
    page = call_page(view.call(pk), view.person)
    if not page.is_mine and page.call.client is not None:
        record_read(
            by=view.person, kind=ReadKind.PAGE, subject="client", subject_no=page.call.client.client_no,
            fields=["call", "api"], request=view.request,
        )  # fmt: skip
    reasons = [one.reason for one in page.reasons]
    trace = trace_of(page.call, reasons, view.person)
    script = _questions(page.script) if page.is_mine and page.script else []
    return CallSerializer(Whole(page, sentence_of(reasons), script, trace.answers, trace.steps)).data


def _questions(script: Script) -> list[ToAsk]:
    """Every question, with the answer that is kept and whether it is on the way as that looks by now."""
    given = {code: one.value for code, one in script.answers.items()}
    likely = {question.code for question in outlook(script.content, given)}
    return [ToAsk(one, script.answers.get(one.question.code), one.question.code in likely) for one in script.asked]


class CallView(CallApi):
    @extend_schema(operation_id="call", responses=CallSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """One call: reasons, script, answers, tries, steps; masked as on its page."""
        return Response(whole(self, pk))
