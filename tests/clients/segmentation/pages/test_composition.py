"""Today's composition: every figure is the twin's, in the reader's scope, and leads to the clients it counts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from clients.ledger.models import Alert
from clients.segmentation.choices import Group, RunKind, Style, Tier
from clients.segmentation.models import Run, Standing
from clients.segmentation.services import run_segmentation
from crm.web import figures
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import (
    BASE,
    CLEAR_NAME,
    NIGHT,
    REGIONS,
    SCOPES,
    Firm,
    branch_of,
    counted,
    found,
    moved,
    reader,
)
from tests.clients.segmentation.pages.reading import chart, everyone, grows, headings, is_chinese, table, text, words
from tests.factories.clients import ClientFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

URL = "/segmentation/"
MOST_QUERIES = 14
TIERS, GROUPS, STYLES = list(reversed(Tier.values)), Group.values, Style.values


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        response = get(None, URL)
        assert response.status_code == 302
        assert "next=%2Fsegmentation%2F" in response["Location"]

    @pytest.mark.parametrize("role", ["customer_manager", "callback_clerk", "administrator", None])
    def test_without_the_permission_the_refusal_says_who_holds_it(self, firm: Firm, role: str | None) -> None:
        response = get(person(role), URL)
        page = response.content.decode()
        assert response.status_code == 403
        assert "See segmentation: composition, runs, policies" in page
        assert "General manager" in page
        assert "SH1" not in page

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_only_reading(self, method: str) -> None:
        assert getattr(browser_of(person("compliance")), method)(URL).status_code == 405

    @pytest.mark.parametrize(("role", "may"), [("operations_centre", True), ("general_manager", False)])
    def test_a_run_is_offered_to_who_may_start_one(self, firm: Firm, role: str, may: bool) -> None:
        assert ("/segmentation/runs/new/" in text(get(person(role), URL))) is may


@pytest.mark.parametrize("role", SCOPES)
class TestFigures:
    def test_tiers_and_styles(self, firm: Firm, role: str) -> None:
        results = firm.results(branches=SCOPES[role])
        cells = counted(results, lambda _n, one: (one.tier, one.style))
        held = {tier: sum((one.total for one in results.values() if one.tier == tier), Decimal(0)) for tier in TIERS}

        rows = table(get(reader(firm, role), URL), "Tier")

        assert rows[:-1] == [
            [word, *(str(cells[tier, style]) for style in STYLES), str(sum(cells[tier, style] for style in STYLES)),
             figures.amount_short(held[tier])]
            for tier, word in zip(TIERS, words("tier", TIERS), strict=True)
        ]  # fmt: skip
        styles = counted(results, lambda _n, one: one.style)
        everything = figures.amount_short(sum(held.values(), Decimal(0)))
        assert rows[-1] == ["In all", *(str(styles[style]) for style in STYLES), str(len(results)), everything]

    def test_groups_and_tiers(self, firm: Firm, role: str) -> None:
        results = firm.results(branches=SCOPES[role])
        cells = counted(results, lambda _n, one: (one.group, one.tier))
        totals = counted(results, lambda _n, one: one.group)

        response = get(reader(firm, role), URL)

        # Who matches a group whatever his primary one is known of the whole firm alone.
        matches = {code: [str(sum(code in one.matches for one in results.values()))] for code in GROUPS}
        matches["general"] = ["–"]
        assert [row[:-1] for row in table(response, "Group")] == [
            [word, str(totals[group]), *(matches[group] if role == "compliance" else []),
             *(str(cells[group, tier]) for tier in TIERS)]
            for group, word in zip(GROUPS, words("group", GROUPS), strict=True)
        ]  # fmt: skip

    def test_branches_in_scope_and_no_other(self, firm: Firm, role: str) -> None:
        response = get(reader(firm, role), URL)
        others = set(REGIONS) - set(SCOPES[role])
        assert not [code for code in others if f"{code}营业部" in text(response)]
        if len(SCOPES[role]) > 1:
            cells = counted(firm.results(), lambda number, one: (branch_of(number), one.group))
            rows = {row[0].removesuffix("营业部"): row[1:-1] for row in table(response, "Branch")}
            sums = [[cells[code, group] for group in GROUPS] for code in rows]
            assert set(rows) == set(SCOPES[role])
            assert [[int(cell) for cell in row] for row in rows.values()] == [[*row, sum(row)] for row in sums]
            assert [sum(row) for row in sums] == sorted((sum(row) for row in sums), reverse=True)

    def test_every_figure_leads_to_as_many_clients(self, firm: Firm, role: str) -> None:
        browser = browser_of(reader(firm, role))
        picture = browser.get(URL).context["picture"]
        results = firm.results(branches=SCOPES[role])

        shown = [cell for line in [*picture.tiers, *picture.groups, *picture.branches] for cell in line.cells]
        shown += [cell for cell in picture.styles if cell.count]
        for cell in filter(lambda cell: cell.count, shown):
            assert len(set(everyone(browser, cell.url))) == cell.count
        for line in [*picture.tiers, *picture.groups, *picture.branches]:
            assert len(everyone(browser, line.url)) == line.total
        core = next(line for line in picture.groups if line.code == "core")
        assert set(everyone(browser, core.url)) == {number for number, one in results.items() if one.group == "core"}

    def test_the_last_nights(self, firm: Firm, role: str) -> None:
        counts = [counted(firm.results(day, SCOPES[role]), lambda _n, one: one.group) for day in (NIGHT, BASE)]

        response = get(reader(firm, role), URL)

        rows = [row[1:-1] for row in table(response, "Night")]
        assert rows == [[str(count[group]) for group in GROUPS if group != "general"] for count in counts]
        drawn = chart(response, "trend")
        assert drawn["labels"] == ["11-19", "11-20"]
        assert [line["values"][::-1] for line in drawn["series"]] == [
            list(map(int, column)) for column in zip(*rows, strict=True)
        ]

    def test_charts_draw_what_the_tables_say(self, firm: Firm, role: str) -> None:
        response = get(reader(firm, role), URL)

        tiers, groups = chart(response, "tiers"), chart(response, "groups")
        rows = table(response, "Tier")[:-1]
        assert [[word, *map(str, line)] for word, line in zip(tiers["rows"], tiers["values"], strict=True)] == [
            row[:-2] for row in rows
        ]
        rows = table(response, "Group")
        assert list(zip(groups["labels"], map(str, groups["series"][0]["values"]), strict=True)) == [
            (row[0], row[1]) for row in rows
        ]
        assert len(groups["urls"]) == len(rows)

    def test_the_night_is_told_in_the_readers_own_figures(self, firm: Firm, role: str) -> None:
        page = text(get(reader(firm, role), URL))

        clients, changed = len(firm.results(branches=SCOPES[role])), len(moved(SCOPES[role]))
        assert f"as of 2026-11-20, {clients} clients, policy version 1" in page
        assert f"{clients} clients, {changed} changed, policy version 1." in page


class TestWhichRun:
    def test_before_the_first_run_the_page_says_what_will_be_here(self) -> None:
        page = text(get(person("compliance"), URL))
        assert "No run yet" in page
        assert "Start a run" not in page
        assert "Start a run" in text(get(person("sales_trading_hq"), URL))

    def test_a_run_made_again_takes_the_place_of_its_day(self, firm: Firm) -> None:
        Alert.objects.update(closed_on=NIGHT)
        again = run_segmentation(as_of=NIGHT, kind=RunKind.MANUAL, by=None)

        response = get(person("compliance"), URL)

        assert response.context["picture"].run == again
        assert [night.run for night in response.context["nights"]] == [firm.base, again]
        counts = {row[0]: int(row[1]) for row in table(response, "Group")}
        assert counts["Never traded"] == 1 + sum(one.group == "no_trade" for one in found(NIGHT).values())

    def test_a_backfill_is_neither_today_nor_a_night(self, firm: Firm) -> None:
        run_segmentation(as_of=BASE - dt.timedelta(days=1), kind=RunKind.MANUAL, by=None)

        response = get(person("compliance"), URL)

        assert response.context["picture"].run == firm.night
        assert len(response.context["nights"]) == 2

    def test_a_backfill_that_replaces_a_night_takes_its_place_in_the_trend(self, firm: Firm) -> None:
        Alert.objects.update(raised_on=BASE, closed_on=NIGHT)
        late = run_segmentation(as_of=BASE, kind=RunKind.MANUAL, by=None)
        assert late.kind == RunKind.BACKFILL

        for role in ("compliance", "general_manager"):
            response = get(reader(firm, role), URL)
            assert [night.run for night in response.context["nights"]] == [late, firm.night]
        rows = table(get(person("compliance"), URL), "Night")
        counts = [str(late.summary["group"][group]) for group in GROUPS if group != "general"]
        assert rows[1][1:-1] == counts

    def test_one_night_has_no_trend(self, firm: Firm) -> None:
        Run.objects.filter(pk=firm.base.pk).update(kind=RunKind.BACKFILL)
        assert 'id="trend"' not in text(get(person("compliance"), URL))


class TestScope:
    def test_a_branch_without_clients_shows_zeros(self, firm: Firm) -> None:
        response = get(person("general_manager", branch(name="空营业部")), URL)
        assert [row[-2] for row in table(response, "Tier")] == ["0"] * 6
        assert "0 clients, 0 changed" in text(response)

    def test_an_appointment_that_ended_ends_the_sight(self, firm: Firm) -> None:
        head = person("general_manager", firm.branches["SZ1"])
        head.appointments.update(ends_on=dt.date(2026, 11, 1))
        assert get(head, URL).status_code == 403

    def test_two_branches_add_up(self, firm: Firm) -> None:
        head = person("general_manager", firm.branches["SZ1"])
        head.appointments.create(unit=firm.branches["SH2"], role="marketing_director", starts_on=dt.date(2020, 1, 1))
        response = get(head, URL)
        assert {row[0] for row in table(response, "Branch")} == {"SZ1营业部", "SH2营业部"}
        assert response.context["picture"].total == len(firm.results(branches=["SZ1", "SH2"]))

    def test_no_name_stands_on_the_page(self, firm: Firm) -> None:
        assert CLEAR_NAME not in text(get(person("compliance"), URL))


def more_clients() -> None:
    ClientFactory.create_batch(30, branch_id=Standing.objects.values_list("branch_id", flat=True)[0])
    run_segmentation(as_of=NIGHT, kind=RunKind.MANUAL, by=None)


@pytest.mark.parametrize("role", SCOPES)
def test_queries_do_not_grow_with_the_clients(firm: Firm, role: str) -> None:
    before, after = grows(browser_of(reader(firm, role)), URL, more_clients)
    assert before == after <= MOST_QUERIES


@pytest.mark.parametrize("role", SCOPES)
def test_in_chinese_every_heading_and_every_word_is(firm: Firm, role: str) -> None:
    response = get(reader(firm, role), URL, "zh-hans")
    with translation.override("zh-hans"):
        expected = [*words("tier", TIERS), *words("group", GROUPS), *words("style", STYLES)]
    assert all(word in text(response) for word in expected)
    assert [heading for heading in headings(response) if not is_chinese(heading)] == []
    assert "截至" in text(response)
