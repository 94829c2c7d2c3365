"""What one run changed: from what to what, why, and only among the reader's clients."""

from __future__ import annotations

import datetime as dt

import pytest

from clients.ledger.models import Alert
from clients.profile.models import Client
from clients.segmentation.choices import RunKind
from clients.segmentation.models import Run
from clients.segmentation.services import run_segmentation
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import (
    BASE,
    CLEAR_NAME,
    NIGHT,
    RANKED,
    SCOPES,
    Firm,
    branch_of,
    found,
    moved,
    reader,
)
from tests.clients.segmentation.pages.reading import (
    everyone,
    headings,
    numbers,
    table,
    text,
)
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

RUNS = "/segmentation/runs/"


def url(run: Run, query: str = "") -> str:
    return f"{RUNS}{run.pk}/{query}"


class TestOneRun:
    def test_from_what_to_what_and_why(self, firm: Firm) -> None:
        rows = table(get(person("compliance"), url(firm.night)), "Client number")
        told = {row[0].replace(" ", ""): row[2:] for row in rows}
        assert told["SH1-alert"] == [
            "SH1营业部", "Never traded", "Movement Never traded", "Alert A-1 is open since 20 Nov", "80.0K",
        ]  # fmt: skip
        assert told["SH2-outflow"][3].startswith("20 Nov: net outflow 90.0K, 45% of the assets of the day before")
        assert told["SZ1-burst"][3].startswith("20 Nov: 20 trades of 20.0K in all")
        assert told["SH2-shut"][1:4] == ["Gold card", "Closed", "–"]
        assert told["SH1-born"][1:3] == ["–", "Silver card Investor Newly opened"]
        assert told["GZ1-risen"][1:3] == ["Gold card General", "Platinum card Core"]
        assert told["GZ1-lively"][1:3] == ["Investor", "Trader"]
        assert told["SZ1-down"][1:3] == ["Gold card", "Silver card"]
        assert all(
            "version 1" in why
            for why in (row[3] for number, row in told.items() if "alert" not in number)
            if why != "–"
        )

    def test_movements_by_kind(self, firm: Firm) -> None:
        browser = browser_of(person("compliance"))
        kinds = {"alert": 0, "outflow": 1, "trading": 4, "inflow": 5}
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
