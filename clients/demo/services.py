"""Make the demo firm, top it up to a day, and run the segmentations that its days ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clients.demo import script
from clients.demo.batches import note_batches, note_takeover
from clients.demo.corrections import hand_some_over, make_corrections
from clients.demo.facts import DEMO, know_clients, make_contacts, make_month, make_suitability, months_of
from clients.demo.firm import Firm, find_firm, newest_number
from clients.demo.identities import create_clients
from clients.demo.message_templates import lay_templates
from clients.demo.organisation import lay_absences, lay_organisation
from clients.demo.saved_views import ask_for_export, save_views
from clients.demo.staging import stage
from clients.demo.tags_and_lists import tag_and_list
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from clients.segmentation.services import propose_policy, run_segmentation
from crm.audit.services import acting
from crm.organisation.models import User

CLIENTS = 5_000
MONTHS = 15
READ_DAYS = 30  # so far back goes the log of reads
BATCH_DAYS = 60  # so far back the firm knows which files came
MOST_RUNS = 31  # a firm that slept for months gets the runs of its last month only
PROPOSER = "8401"  # of sales & trading headquarters
REASON = "演示数据"  # what the history of changes says
ONE_DAY = dt.timedelta(days=1)

Say = Callable[[str], None]


def bring_up(*, until: dt.date, say: Say, clients: int = CLIENTS, months: int = MONTHS) -> Firm:
    """The demo firm with facts up to `until` and the segmentation runs that belong to its days.

    Made when the database is empty (`clients` in number, `months` of history before the month of `until`), topped up
    when it ends earlier, left alone otherwise. `say` gets a line a step.
    Raises ForeignDataError when the database holds somebody else's clients.
    """
    firm = find_firm()
    since: dt.date | None = None
    if firm is None:
        say(f"Making the demo firm: {clients:,} clients, {months} months of history up to {until} …")
        firm = make_firm(until=until, clients=clients, months=months, say=say)
    elif firm.until < until:
        since = firm.until + ONE_DAY
        say(f"Topping up the demo firm: {since} to {until} …")
        firm = top_up(firm, until=until, say=say)
    _run_missing(since=since, until=firm.until, say=say)
    say(f"The demo firm is complete up to {firm.until}.")
    return firm


@transaction.atomic
@acting(by=None, reason=REASON)
def make_firm(*, until: dt.date, clients: int, months: int, say: Say) -> Firm:
    """Units, people, clients and facts up to `until`, in one transaction: wholly or not at all."""
    start = months_before(until, months)
    firm = Firm(start=start, size=clients, until=until)
    lay_organisation(until=until)
    lay_absences(until=until)
    lay_templates()
    note_takeover(start=start, size=clients)
    stage()
    script.run("openings", size=clients, start=start, until=until, after=None, next_n=1)
    create_clients(sealed=True, start=start)
    say("  units, staff and clients")
    know_clients(start=start, size=clients, pace=DEMO)
    script.run("takeover", start=start, everyone=False)
    script.run("farewells", start=start)
    _make_facts(first=start, until=until, say=say)
    make_suitability(first=None, last=until)
    note_batches(first=until - dt.timedelta(days=BATCH_DAYS), last=until)
    script.run("promises_today", last=until)
    script.run("reads", first=until - dt.timedelta(days=READ_DAYS), last=until, with_burst=True)
    _propose_change(until=until)
    make_corrections(until=until)
    hand_some_over(until=until)
    save_views()
    ask_for_export(until=until)
    tag_and_list(until=until)
    return firm


@transaction.atomic
@acting(by=None, reason=REASON)
def top_up(firm: Firm, *, until: dt.date, say: Say) -> Firm:
    """The facts of the days after `firm.until` up to `until`; the same whether made day by day or in one go."""
    first = firm.until + ONE_DAY
    stage()
    next_n = newest_number(firm.size) + 1
    script.run("openings", size=firm.size, start=firm.start, until=until, after=firm.until, next_n=next_n)
    create_clients(sealed=True, start=firm.start)
    know_clients(start=firm.start, size=firm.size, pace=DEMO)
    _make_facts(first=first, until=until, say=say)
    make_suitability(first=first, last=until)
    note_batches(first=first, last=until)
    script.run("reads", first=first, last=until, with_burst=False)
    lay_absences(until=until)
    return Firm(start=firm.start, size=firm.size, until=until)


def _propose_change(*, until: dt.date) -> None:
    """A change of the policy that waits for a second person: something to try and to decide in the tour."""
    propose_policy(
        name="收紧核心客户口径（征求意见）",
        rules_given={"core": {"min_tier": "platinum", "commission_top": 0.05}},
        effective_on=(until.replace(day=1) + dt.timedelta(days=62)).replace(day=1),
        note="核心客户超过一成，客户经理联系不过来，拟将佣金口径由前 10% 收紧到前 5%。",
        by=User.objects.get(staff_no=PROPOSER),
        at=dt.datetime.combine(until, dt.time(16, 20), tzinfo=timezone.get_default_timezone()),
    )


def _make_facts(*, first: dt.date, until: dt.date, say: Say) -> None:
    for month, day, last in months_of(first, until):
        make_month(month=month, first=day, last=last, pace=DEMO)
        make_contacts(month=month, first=day, last=last)
        script.run("promises", first=day, last=last)
        say(f"  {month:%Y-%m}: assets, trades, cash flows, contacts")


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies `months` before the month of `day`."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first - ONE_DAY).replace(day=1)
    return first


def _run_missing(*, since: dt.date | None, until: dt.date, say: Say) -> None:
    """The nightly runs that are missing up to `until`; the newest again when facts `since` its day came now.

    Without any run: a baseline as of the day before `until`, then the run of `until`.
    """
    newest = Run.objects.exclude(kind=RunKind.BACKFILL).aggregate(newest=Max("as_of"))["newest"]
    if newest is None:
        first = until - ONE_DAY
    else:
        late = since is not None and since <= newest  # facts of that very night came after its run
        first = max(newest if late else newest + ONE_DAY, until - dt.timedelta(days=MOST_RUNS - 1))
    while first <= until:
        say(f"  segmentation as of {first}")
        run_segmentation(as_of=first, kind=RunKind.NIGHTLY, by=None)
        first += ONE_DAY
