"""The runs and what each changed: counted by the twin, in the reader's scope, ranked, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import translation

from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from clients.segmentation.services import run_segmentation
from tests.clients.desk.helpers import browser_of, get, make_run
from tests.clients.segmentation.pages.firm import (
    BASE,
    NIGHT,
    RANKED,
    REGIONS,
    SCOPES,
    Firm,
    branch_of,
    found,
    moved,
    reader,
)
from tests.clients.segmentation.pages.reading import (
    everyone,
    grows,
    headings,
    is_chinese,
    queries,
    table,
    text,
    words,
)
from tests.clients.segmentation.twin import Result
from tests.factories.clients import ClientFactory
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

RUNS = "/segmentation/runs/"
MOST_QUERIES = 14
TIERS = ["none", "silver", "gold", "platinum", "diamond"]

Both = Callable[[Result, Result], bool]


def both(fits: Both) -> Callable[[Result | None, Result | None], bool]:
    """A condition on clients who were and are in a run."""
    return lambda old, new: old is not None and new is not None and fits(old, new)


def into(group: str) -> Callable[[Result | None, Result | None], bool]:
    return lambda old, new: new is not None and new.group == group and (old is None or old.group != group)


# What each figure of a run counts, told once more without the database.
WHAT: dict[str, Callable[[Result | None, Result | None], bool]] = {
    "movement": into("movement"),
    "new": into("new"),
    "core": into("core"),
    "left-core": lambda old, new: old is not None and old.group == "core" and (new is None or new.group != "core"),
    "at-risk": into("at_risk"),
    "dormant": into("dormant"),
    "up": both(lambda old, new: TIERS.index(new.tier) > TIERS.index(old.tier)),
    "down": both(lambda old, new: TIERS.index(new.tier) < TIERS.index(old.tier)),
    "style": both(lambda old, new: new.style != old.style),
    "closed": lambda old, new: old is not None and new is None,
}


def expected(code: str, branches: list[str]) -> set[str]:
    """Whom a figure of Friday's run counts, by the twin."""
    old, new = found(BASE), found(NIGHT)
    return {n for n in {*old, *new} if branch_of(n) in branches and WHAT[code](old.get(n), new.get(n))}


def url(run: Run, query: str = "") -> str:
    return f"{RUNS}{run.pk}/{query}"


class TestWho:
    @pytest.mark.parametrize("address", [RUNS, f"{RUNS}1/"])
    def test_a_stranger_is_sent_to_sign_in(self, address: str) -> None:
        assert get(None, address).status_code == 302

    @pytest.mark.parametrize("role", ["customer_manager", "counter_clerk", "administrator"])
    def test_without_the_permission_the_refusal_says_why(self, firm: Firm, role: str) -> None:
        for address in (RUNS, url(firm.night)):
            response = get(person(role), address)
            assert response.status_code == 403
            assert "See segmentation: composition, runs, policies" in response.content.decode()

    def test_only_reading(self, firm: Firm) -> None:
        browser = browser_of(person("operations_centre"))
        assert {browser.post(address).status_code for address in (RUNS, url(firm.night))} == {405}

    @pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999999"])
    def test_an_unknown_run_is_not_found(self, firm: Firm, pk: str) -> None:
        assert get(person("compliance"), f"{RUNS}{pk}/").status_code == 404


@pytest.mark.parametrize("role", SCOPES)
class TestFigures:
    def test_the_list_has_each_runs_clients_and_changes(self, firm: Firm, role: str) -> None:
        rows = table(get(reader(firm, role), RUNS), "As of")
        clients = [str(len(firm.results(day, SCOPES[role]))) for day in (NIGHT, BASE)]
        assert [row[0:1] + row[1:2] + row[3:5] for row in rows] == [
            ["2026-11-20", "Nightly", clients[0], str(len(moved(SCOPES[role])))],
            ["2026-11-19", "Nightly, the first", clients[1], clients[1]],
        ]

    def test_a_run_lists_who_moved_and_nobody_else(self, firm: Firm, role: str) -> None:
        browser = browser_of(reader(firm, role))
        listed = everyone(browser, url(firm.night))
        assert set(listed) == moved(SCOPES[role])
        ranked = [number for number in RANKED if branch_of(number) in SCOPES[role]]
        assert listed[: len(ranked)] == ranked

    def test_every_figure_leads_to_whom_it_counts(self, firm: Firm, role: str) -> None:
        browser = browser_of(reader(firm, role))
        clients, changed, *stats = browser.get(url(firm.night)).context["stats"]

        assert clients.value == str(len(firm.results(branches=SCOPES[role])))
        assert set(everyone(browser, changed.url)) == moved(SCOPES[role])
        shown = {stat.url.partition("what=")[2].partition("#")[0]: stat for stat in stats}
        counts = {code: len(expected(code, SCOPES[role])) for code in WHAT}
        assert {code: int(stat.value) for code, stat in shown.items()} == {c: n for c, n in counts.items() if n}
        for code, stat in shown.items():
            assert set(everyone(browser, stat.url)) == expected(code, SCOPES[role])

    def test_in_chinese_every_heading_is(self, firm: Firm, role: str) -> None:
        me = reader(firm, role)
        with translation.override("zh-hans"):
            movement = words("group", ["movement"])[0]
        for address in (RUNS, url(firm.night), url(firm.base)):
            response = get(me, address, "zh-hans")
            assert [heading for heading in headings(response) if not is_chinese(heading)] == []
        assert movement in text(get(me, url(firm.night), "zh-hans"))


class TestList:
    @pytest.mark.parametrize("query", ["?kind=x", "?current=perhaps", "?sort=clients", "?at=x"])
    def test_the_list_of_runs_too(self, firm: Firm, query: str) -> None:
        response = get(person("compliance"), f"{RUNS}{query}")
        assert len(response.context["page"].problems) == 1
        assert len(response.context["runs"]) == 2

    def test_no_run_fits(self, firm: Firm) -> None:
        assert "No run fits these filters" in text(get(person("compliance"), f"{RUNS}?kind=backfill"))


def test_before_the_first_run_the_list_says_what_will_be_here() -> None:
    assert "Every night's run stands here" in text(get(person("compliance"), RUNS))


@pytest.mark.parametrize("role", SCOPES)
class TestCost:
    def test_a_run_costs_the_same_however_many_it_changed(self, firm: Firm, role: str) -> None:
        def more() -> None:
            branches = [firm.branches[code] for code in SCOPES[role]]
            for unit in branches:
                ClientFactory.create_batch(40 // len(branches), branch=unit)
            run_segmentation(as_of=NIGHT + dt.timedelta(days=1), kind=RunKind.MANUAL, by=None)

        browser = browser_of(reader(firm, role))
        before = queries(browser, url(firm.night))
        more()
        newest = Run.objects.get(as_of=NIGHT + dt.timedelta(days=1))
        assert newest.changed >= 30
        assert queries(browser, url(newest)) == before <= MOST_QUERIES

    def test_the_list_costs_the_same_however_many_runs(self, firm: Firm, role: str) -> None:
        def more() -> None:
            for n in range(1, 20):
                make_run(BASE - dt.timedelta(days=n), by=person("operations_centre"))

        before, after = grows(browser_of(reader(firm, role)), RUNS, more)
        assert before == after <= MOST_QUERIES


def test_all_branches_together_are_the_firm(firm: Firm) -> None:
    """No client is counted twice or by nobody."""
    heads = [person("general_manager", unit) for unit in firm.branches.values()]
    counts = [int(table(get(head, RUNS), "As of")[0][4]) for head in heads]
    assert sum(counts) == len(moved()) == firm.night.changed
    assert len(heads) == len(REGIONS)
