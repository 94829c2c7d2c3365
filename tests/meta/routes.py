"""Every address the product serves, walked from the URLconf, and the things that stand behind them in a test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from clients.corrections.models import CorrectionFile
from clients.feeds.models import FeedBatch
from clients.segmentation.models import Run
from crm.jobs.models import Job
from crm.messaging.models import Notice
from crm.organisation.models import StandIn, Unit, User
from tests.factories.calls import (
    CallFactory,
    EnquiryFactory,
    HandOverFactory,
    MakingFactory,
    PlanFactory,
    ScriptVersionFactory,
)
from tests.factories.care import correction, handed_over, promise
from tests.factories.clients import ExtraPhoneFactory, client
from tests.factories.kept import ExportFactory, SavedViewFactory
from tests.factories.lists import BulkActionFactory, ClientListFactory, TagFactory
from tests.factories.messages import message
from tests.factories.people import StandInFactory, person
from tests.factories.recordings import recording

ARGUMENT = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^()]*\)")


@dataclass(frozen=True)
class Route:
    """One pattern of the URLconf: its whole pattern as written, the arguments it takes, and its name."""

    pattern: str
    name: str

    @property
    def arguments(self) -> list[str]:
        return [found["name"] or found["group"] for found in ARGUMENT.finditer(self.pattern)]

    @property
    def area(self) -> str:
        """Where its objects come from: the first word of the address; in the admin, the table."""
        parts = self.pattern.split("/")
        return "/".join(parts[:3]) if parts[0] == "admin" and len(parts) > 3 else parts[0]

    def url(self, values: dict[str, str]) -> str:
        """Its address with `values` for its arguments."""
        return "/" + ARGUMENT.sub(lambda found: values[found["name"] or found["group"]], self.pattern)

    def __str__(self) -> str:
        return self.name or self.pattern


def walk(resolver: URLResolver | None = None, before: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Route]:
    """All patterns below `resolver` (the whole URLconf), in order."""
    resolver = resolver or get_resolver()
    for one in resolver.url_patterns:
        pattern = before + str(one.pattern).removeprefix("^").removesuffix("$")
        if isinstance(one, URLResolver):
            yield from walk(one, pattern, (*spaces, one.namespace) if one.namespace else spaces)
        elif isinstance(one, URLPattern):
            yield Route(pattern, ":".join((*spaces, one.name)) if one.name else "")


ROUTES = list(walk())


@dataclass(frozen=True)
class World:
    """A branch with a client, its files and jobs, and another branch that has nothing to do with them."""

    here: Unit
    there: Unit
    samples: dict[str, dict[str, str]]

    def values(self, route: Route) -> dict[str, str] | None:
        """Sample values for the arguments of a route; None where an argument has no sample yet."""
        known = self.samples.get(route.area, {}) | self.samples["*"]
        if not set(route.arguments) <= known.keys():
            return None
        return {name: known[name] for name in route.arguments}


def world() -> World:
    """Everything an address can point to, once."""
    clerk = person("operations_director")
    here, there = clerk.appointments.get().unit, person("operations_director").appointments.get().unit
    now = timezone.now()
    known = client(branch=here, manager=person("customer_manager", unit=here))
    batch = FeedBatch.objects.create(
        feed="clients", file_name="clients.csv", source="upload", state="uploaded", by=clerk, created_at=now
    )
    job = Job.objects.create(kind="feeds.import", key="sweep", requested_by=clerk, created_at=now)
    kept = recording(call=CallFactory(client=known))
    enquiry = EnquiryFactory(client=known, branch=here, owner=clerk)
    asked = HandOverFactory(call=None, enquiry=enquiry, from_user=clerk)
    export, view = ExportFactory(by=clerk), SavedViewFactory(owner=clerk)
    run = str(Run.objects.order_by("pk").values_list("pk", flat=True).first() or 1)
    notice = Notice.objects.create(user=clerk, key="sweep", text="sweep", created_at=now)
    stand_in: StandIn = StandInFactory(deputy=clerk)
    admin = {"unit": here.pk, "user": clerk.pk, "appointment": clerk.appointments.get().pk, "standin": stand_in.pk}
    tables = {f"admin/crm/{table}": {"object_id": str(pk), "pk": str(pk)} for table, pk in admin.items()}
    return World(
        here,
        there,
        {
            "*": {"app_label": "crm", "url": "nothing", "field": "phone"},
            "clients": {"client_no": known.client_no, "pk": str(ExtraPhoneFactory(client=known).pk)},
            "promises": {"pk": str(promise(known, clerk).pk)},
            "imports": {"pk": str(batch.pk)},
            "corrections": {"pk": str(correction(known, clerk).pk)},
            "handovers": {"pk": str(handed_over(known, clerk).pk)},
            "outgoing": {
                "pk": str(CorrectionFile.objects.create(made_at=now, rows=0, sha256="", file_name="x.csv").pk)
            },
            "calls": {"pk": str(kept.call_id), "staff_no": clerk.staff_no},
            "recordings": {"pk": str(kept.pk), "mark": "1", "key": "12345678-1234-4234-8234-123456789012"},
            "telephony": {"ref": "sweep"},
            "inbound": {"number": enquiry.enquiry_no, "pk": str(asked.pk)},
            "enquiries": {"pk": str(enquiry.pk)},
            "parameters": {"key": "callbacks.tries"},
            "tags": {"pk": str(TagFactory().pk)},
            "client-lists": {"pk": str(ClientListFactory(owner=clerk).pk)},
            "bulk": {"pk": str(BulkActionFactory(by=clerk).pk)},
            "jobs": {"pk": str(job.pk)},
            "drafts": {"kind": "note", "key": known.client_no},
            "exports": {"pk": str(export.pk)},
            "lists": {"pk": str(view.pk), "list_name": "clients"},
            "account": {"pk": "1"},
            "api": {"client_no": known.client_no, "pk": str(job.pk), "number": enquiry.enquiry_no},
            "notices": {"pk": str(notice.pk)},
            "messages": {"pk": str(message().pk)},
            "segmentation": {
                "pk": run,
                "version": "1",
                "group": "movement",
                "branch": str(here.pk),
                "axis": "tier",
                "old": "silver",
                "new": "gold",
                "first": "2026-11-19",
                "last": "2026-11-20",
            },
            "plans": {"code": PlanFactory().code, "pk": str(MakingFactory().pk)},
            "scripts": {"code": ScriptVersionFactory().script.code, "number": "1", "form": "csv"},
            "admin/crm/calendarday": {"object_id": "2026-02-17"},
            **tables,
        },
    )


# Addresses that end or lock the session; a sweep visits them last.
ENDING = {"account_logout", "account_lock_now"}


class Sweep:
    """A browser that visits addresses one after the other; nothing that a visit changes stays."""

    def __init__(self, user: User | None = None, *, csrf: bool = False) -> None:
        self.browser = Browser(raise_request_exception=False, enforce_csrf_checks=csrf)
        if user is not None:
            self.browser.force_login(user)

    def visit(self, method: str, url: str, data: dict[str, str] | None = None) -> HttpResponse:
        """The answer; what the visit wrote is taken back."""
        with transaction.atomic():
            answer: HttpResponse = getattr(self.browser, method)(url, data or {})
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            connection.needs_rollback = False
            transaction.set_rollback(True)
        return answer


def in_order(routes: list[Route]) -> list[Route]:
    """`routes`, those that end the session last."""
    return sorted(routes, key=lambda route: route.name in ENDING)
