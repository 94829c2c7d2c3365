"""The runs and what each changed: counted by the twin, in the reader's scope, ranked, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import translation

from clients.ledger.models import Alert
from clients.profile.models import Client
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from clients.segmentation.services import run_segmentation
from tests.clients.desk.helpers import browser_of, get, make_run
from tests.clients.segmentation.pages.firm import (
    BASE,
    CLEAR_NAME,
    NIGHT,
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
    numbers,
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
RANKED = ["SH1-alert", "SH1-outflow", "SH2-outflow", "SZ1-burst", "SH2-inflow"]  # then all others

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


class TestOneRun:
    def test_from_what_to_what_and_why(self, firm: Firm) -> None:
        rows = table(get(person("compliance"), url(firm.night)), "Client number")
        told = {row[0].replace(" ", ""): row[2:] for row in rows}
        assert told["SH1-alert"] == [
            "SH1营业部", "Never traded", "Movement Never traded", "Alert A-1 is open since 20 Nov", "80.0K",
        ]  # fmt: skip
        assert told["SH2-outflow"][3].startswith("20 Nov: net outflow 90.0K, 45% of the assets of the day before")
        assert told["SZ1-burst"][3].startswith("20 Nov: 20 trades of 20.0K in all")
        assert told["SH2-shut"][1:4] == ["Gold card", "Closed", ""]
        assert told["SH1-born"][1:3] == ["–", "Silver card Investor Newly opened"]
        assert told["GZ1-risen"][1:3] == ["Gold card General", "Platinum card Core"]
        assert told["GZ1-lively"][1:3] == ["Investor", "Trader"]
        assert told["SZ1-down"][1:3] == ["Gold card", "Silver card"]
        assert all(
            "version 1" in why for why in (row[3] for number, row in told.items() if "alert" not in number) if why
        )

    def test_movements_by_kind(self, firm: Firm) -> None:
        browser = browser_of(person("compliance"))
        kinds = {"alert": 0, "outflow": 1, "trading": 3, "inflow": 4}
        for kind, at in kinds.items():
            assert everyone(browser, url(firm.night, f"?moved={kind}"))[0] == RANKED[at]
        note = next(stat.note for stat in browser.get(url(firm.night)).context["stats"] if stat.note)
        assert note == "Alert 1 · Outflow 2 · Trading 1 · Inflow 1"

    def test_filters_narrow_together(self, firm: Firm) -> None:
        browser = browser_of(person("compliance"))
        assert set(everyone(browser, url(firm.night, "?branch=GZ1&what=core&what=style"))) == {
            "GZ1-risen",
            "GZ1-lively",
        }
        assert everyone(browser, url(firm.night, "?branch=GZ1&what=movement")) == []
        assert "Nobody changed in this way" in text(browser.get(url(firm.night, "?branch=GZ1&what=movement")))

    def test_the_first_run_says_so_and_counts_no_changes(self, firm: Firm) -> None:
        response = get(person("compliance"), url(firm.base))
        assert "only new clients are announced" in text(response)
        assert [(stat.label, stat.value) for stat in response.context["stats"]] == [("Clients", str(len(found(BASE))))]

    def test_a_run_made_again_leads_to_the_one_that_holds(self, firm: Firm) -> None:
        Alert.objects.update(closed_on=NIGHT)
        again = run_segmentation(as_of=NIGHT, kind=RunKind.MANUAL, by=None)
        browser = browser_of(person("compliance"))

        assert f'href="{url(again)}"' in text(browser.get(url(firm.night)))
        assert set(everyone(browser, url(firm.night))) == moved()  # history shows both
        assert everyone(browser, url(again)) == ["SH1-alert"]
        lists = [browser.get(f"{RUNS}?current={code}").context["runs"] for code in ("yes", "no")]
        assert [[row.run for row in rows] for rows in lists] == [[again, firm.base], [firm.night]]

    def test_a_backfill_has_no_changes(self, firm: Firm) -> None:
        earlier = run_segmentation(as_of=BASE - dt.timedelta(days=1), kind=RunKind.MANUAL, by=None)
        response = get(person("compliance"), url(earlier))
        assert "changed neither standings nor history" in text(response)
        assert len(response.context["stats"]) == 1
        assert 'id="list"' not in text(response)

    def test_who_asked_stands_beside(self, firm: Firm) -> None:
        asked = person("operations_centre", name="何静")
        Alert.objects.update(closed_on=NIGHT)
        run_segmentation(as_of=NIGHT, kind=RunKind.MANUAL, by=asked)
        assert [row[7] for row in table(get(person("auditor"), RUNS), "As of")] == [
            "何静", "the system made again", "the system",
        ]  # fmt: skip

    def test_htmx_gets_the_list_alone(self, firm: Firm) -> None:
        for address in (RUNS, url(firm.night)):
            part = get(person("compliance"), address, **{"HX-Request": "true", "HX-Target": "list"})
            assert 'id="list"' in text(part)
            assert "<html" not in text(part)
            assert "no-store" in part["Cache-Control"]


class TestScope:
    def test_other_branches_are_neither_listed_nor_offered(self, firm: Firm) -> None:
        browser = browser_of(reader(firm, "region_head"))
        response = browser.get(url(firm.night, "?branch=GZ1"))
        assert len(response.context["page"].problems) == 1
        assert {branch_of(number) for number in numbers(response)} == {"SH1", "SH2"}
        assert not [
            code for code in ("SZ1", "GZ1") if f"{code}营业部" in text(response) or f"{code}-" in text(response)
        ]

    def test_a_head_of_one_branch_has_no_filter_of_branches(self, firm: Firm) -> None:
        response = get(reader(firm, "general_manager"), url(firm.night, "?branch=SH1"))
        assert {branch_of(number) for number in numbers(response)} == {"SZ1"}
        assert "Branch" not in headings(response)

    def test_changes_go_with_the_client_to_another_branch(self, firm: Firm) -> None:
        Client.objects.filter(client_no="SH1-alert").update(branch=firm.branches["SZ1"])
        here, there = reader(firm, "general_manager"), person("general_manager", firm.branches["SH1"])
        assert "SH1-alert" in everyone(browser_of(here), url(firm.night))
        assert "SH1-alert" not in everyone(browser_of(there), url(firm.night))

    def test_names_are_masked_for_everybody(self, firm: Firm) -> None:
        for role in SCOPES:
            assert CLEAR_NAME not in text(get(reader(firm, role), url(firm.night)))
        assert "欧" in text(get(person("compliance"), url(firm.night)))


class TestBadInput:
    @pytest.mark.parametrize(
        "query",
        [
            "?what=everything",
            "?moved=4",
            "?group=%00",
            "?tier=copper",
            "?branch=x",
            "?sort=assets",
            "?at=x",
            "?at=%F0%9F",
        ],
    )
    def test_what_is_wrong_in_the_address_is_said_and_left_out(self, firm: Firm, query: str) -> None:
        response = get(person("compliance"), url(firm.night, query))
        assert len(response.context["page"].problems) == 1
        assert set(numbers(response)) == moved()

    def test_a_place_in_another_runs_list_is_none_in_this(self, firm: Firm) -> None:
        browser = browser_of(person("compliance"))
        place = browser.get(url(firm.base)).context["page"].next_url.partition("?")[2]
        assert place
        assert len(browser.get(url(firm.night, f"?{place}")).context["page"].problems) == 1

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
