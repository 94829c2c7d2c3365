"""The home page by permission: what needs me now, what changed overnight, what the night did."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from clients.contacts.services import keep_promise
from clients.desk.attention import attention
from clients.desk.home import batch_lines, greeting, staff_figures
from clients.desk.notices import notices_for, overdue_promises
from clients.desk.overnight import overnight
from clients.feeds.models import FeedBatch
from clients.profile.models import Client
from clients.segmentation.models import Policy, Run
from crm.access.roles import ROLES
from crm.audit.models import ReadLog
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get, make_change, make_run, outflow, stand
from tests.factories.care import promise
from tests.factories.clients import client
from tests.factories.people import UserFactory, person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 23)
SUNDAY, FRIDAY = dt.date(2026, 11, 22), dt.date(2026, 11, 20)
SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
MOST_QUERIES = 20
FIGURES = ("movement", "core", "left-core", "new", "at-risk", "up", "down")


@pytest.fixture(autouse=True)
def on_monday() -> Any:
    with time_machine.travel(NINE, tick=False), translation.override("en"):
        yield


@pytest.fixture
def shenzhen() -> Unit:
    return branch(name="深圳红岭路营业部")


@pytest.fixture
def manager(shenzhen: Unit) -> User:
    return person("customer_manager", shenzhen, name="周敏", language="en")


@pytest.fixture
def run() -> Run:
    return make_run(SUNDAY, clients=20118, changed=7)


def text(response: Any) -> str:
    assert response.status_code == 200
    page: str = response.content.decode()
    return page


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        for url in ("/", "/overnight/"):
            assert get(None, url).status_code == 302

    @pytest.mark.parametrize("role", [*ROLES, None])
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_every_role_has_a_home(self, role: str | None, language: str, run: Run) -> None:
        me = person(role, name="<b>王蕾</b>")

        page = text(get(me, "/", language))

        assert "&lt;b&gt;王蕾" in page
        assert "<b>王蕾" not in page

    @pytest.mark.parametrize("role", [*ROLES, None])
    def test_each_sees_what_his_permissions_open(self, role: str | None, run: Run) -> None:
        home = get(person(role), "/").context["home"]
        may = ROLES[role].permissions if role else frozenset()

        assert (home.items is not None) is ("clients.view_client" in may)
        assert (home.night is not None) is ("clients.view_client" in may)
        assert (home.batches is not None) is ("clients.view_feedbatch" in may)
        assert (home.staff is not None) is ("crm.manage_staff" in may)

    def test_the_education_editor_is_told_what_will_be_here(self) -> None:
        assert "Education items" in text(get(person("education_editor"), "/"))

    def test_the_administrator_sees_no_client(self, run: Run) -> None:
        client(name="陈志远", client_no="108002314477")

        page = text(get(person("administrator"), "/"))

        assert "Client data are not shown" in page
        assert "108002314477" not in page

    def test_only_reading(self, manager: User) -> None:
        for url in ("/", "/overnight/"):
            assert browser_of(manager).post(url).status_code == 405

    @pytest.mark.parametrize("role", ["administrator", "education_editor"])
    def test_the_changes_need_the_permission(self, role: str) -> None:
        assert get(person(role), "/overnight/").status_code == 403


class TestAttention:
    def test_movements_by_rank_and_size(self, manager: User, shenzhen: Unit) -> None:
        def moved(number: str, **movement: Any) -> None:
            one = client(client_no=number, branch=shenzhen, manager=manager)
            stand(one, group="movement", reasons={"movements": [{"day": "2026-11-19", **movement}]})

        moved("IN", kind="inflow", size="900000.00", before="0.00")
        moved("TRADE", kind="trading", size="5000.00", trades=46, days_before=10, trades_before=75)
        moved("SMALL", kind="outflow", size="60000.00", before="100000.00")
        moved("LARGE", kind="outflow", size="5500000.00", before="8584000.00")
        moved("ALERT", kind="alert", size="0", alert_no="A-1")

        items = attention(manager, MONDAY)

        assert [item.number for item in items] == ["ALERT", "LARGE", "SMALL", "TRADE", "IN"]
        assert [item.sentence for item in items] == [
            "Alert A-1 open since 11-19",
            "11-19 net outflow 5.5M, 64% of the 8.6M of the day before",
            "11-19 net outflow 60.0K, 60% of the 100.0K of the day before",
            "11-19 46 trades, 5.0K, 6.1 times the usual",
            "11-19 net inflow 900.0K",
        ]
        assert all(item.is_own for item in items)

    def test_new_clients_and_risk_profiles(self, manager: User, shenzhen: Unit) -> None:
        def one(number: str, **fields: Any) -> None:
            stand(client(client_no=number, branch=shenzhen, manager=manager), **fields)

        one("YOUNG", group="new", opened_on=MONDAY - dt.timedelta(days=2))
        one("OLDER", group="new", opened_on=MONDAY - dt.timedelta(days=28))
        one("ENDS", risk_level="C3", risk_until=MONDAY + dt.timedelta(days=9))
        one("OVER", risk_level="C4", risk_until=MONDAY - dt.timedelta(days=1))
        one("LONG-OVER", risk_level="C4", risk_until=MONDAY - dt.timedelta(days=90))
        one("FAR", risk_level="C4", risk_until=MONDAY + dt.timedelta(days=90))
        one("CLOSED", risk_level="C4", risk_until=MONDAY, status="closed")

        items = attention(manager, MONDAY)

        assert [(item.number, item.loud) for item in items] == [
            ("OLDER", True),
            ("YOUNG", False),
            ("OVER", True),
            ("ENDS", False),
        ]
        assert items[0].sentence == "Day 29 since opening; the first month ends 11-25."
        assert items[2].badge == ("risk", "expired")

    def test_others_clients_do_not_need_me(self, manager: User, shenzhen: Unit) -> None:
        stand(client(branch=shenzhen), group="movement", reasons=outflow(FRIDAY))
        stand(client(), group="new")

        assert attention(manager, MONDAY) == []
        assert len(attention(person("marketing_director", shenzhen), MONDAY)) == 1

    def test_who_sees_the_whole_firm_gets_movements_alone(self, shenzhen: Unit) -> None:
        stand(client(client_no="MOVED"), group="movement", reasons=outflow(FRIDAY))
        stand(client(), group="new")

        assert [item.number for item in attention(person("risk_control"), MONDAY)] == ["MOVED"]

    def test_names_are_masked_for_others_and_logged_when_clear(self, manager: User, shenzhen: Unit) -> None:
        one = client(name="陈志远", branch=shenzhen, manager=manager)
        stand(one, group="movement", reasons=outflow(FRIDAY))

        assert "陈志远" not in text(get(person("general_manager", shenzhen), "/"))
        assert not ReadLog.objects.exists()
        assert "陈志远" in text(get(manager, "/"))
        assert ReadLog.objects.get().kind == "own_clear"

    def test_nothing_urgent_says_what_will_stand_here(self, manager: User) -> None:
        assert "Nothing urgent" in text(get(manager, "/"))


class TestOvernight:
    @pytest.fixture
    def changes(self, run: Run, shenzhen: Unit, manager: User) -> dict[str, Client]:
        made = {code: client(client_no=code, branch=shenzhen, manager=manager) for code in FIGURES}
        make_change(run, made["movement"], group="movement", movement_urgency=3, reasons=outflow(FRIDAY))
        make_change(run, made["core"], group="core", matches=["core"])
        make_change(run, made["left-core"], old_group="core", old_matches=["core"])
        make_change(run, made["new"], group="new", old_group="", old_tier="", old_style="", matches=["new"])
        make_change(run, made["at-risk"], group="at_risk", matches=["at_risk"])
        make_change(run, made["up"], tier="gold", average_assets=Decimal("1200000"))
        make_change(run, made["down"], tier="none")
        elsewhere = client(client_no="ELSEWHERE")
        make_change(run, elsewhere, group="movement", movement_urgency=4)
        closed = client(client_no="SHUT", branch=shenzhen, manager=manager)
        make_change(run, closed, kind="closing", old_group="core", tier="none", group="general")
        return made

    def test_each_figure_counts_its_changes_in_scope(self, changes: dict[str, Client], run: Run, manager: User) -> None:
        counts = overnight(run, manager).counts

        assert {code: counts[code.replace("-", "_")] for code in FIGURES} == {
            code: 2 if code == "left-core" else 1 for code in changes
        }
        assert (counts["moved_outflow"], counts["moved_alert"]) == (1, 0)
        assert overnight(run, person("compliance")).counts["movement"] == 2
        assert not any(overnight(run, person("customer_manager")).counts.values())

    def test_the_list_behind_a_figure_holds_as_many(self, changes: dict[str, Client], manager: User) -> None:
        browser = browser_of(manager)
        home = browser.get("/").context["home"]

        for figure in home.figures:
            page = browser.get(figure.url).context["page"]
            assert sum(map(int, figure.value.split(" / "))) == page.count.number
            assert not page.problems
        assert [row.number for row in browser.get("/overnight/?what=movement").context["rows"]] == ["movement"]

    def test_most_urgent_first_and_masked(self, changes: dict[str, Client], manager: User, shenzhen: Unit) -> None:
        Client.objects.filter(client_no="movement").update(name="陈志远")

        rows = get(person("general_manager", shenzhen), "/overnight/").context["rows"]

        assert rows[0].number == "movement"
        assert rows[0].name == "陈**"
        assert "64%" in rows[0].why
        assert "ELSEWHERE" not in [row.number for row in rows]

    def test_a_firms_first_run_is_a_baseline(self, manager: User) -> None:
        make_run(SUNDAY, is_baseline=True)

        assert "the baseline" in text(get(manager, "/"))

    def test_without_a_run_the_page_says_what_will_be_here(self, manager: User) -> None:
        assert "No segmentation has been made yet" in text(get(manager, "/"))
        assert "No segmentation yet" in text(get(manager, "/overnight/"))

    def test_a_replaced_run_or_a_backfill_is_not_the_night(self, run: Run, manager: User) -> None:
        make_run(MONDAY, kind="backfill")
        again = make_run(SUNDAY, replaced_by=run)

        assert get(manager, "/").context["home"].night.run not in (again, None)

    @pytest.mark.parametrize("query", ["?what=everything", "?moved=sideways", "?at=x", "?sort=assets"])
    def test_what_is_wrong_in_the_address_is_said(self, changes: dict[str, Client], manager: User, query: str) -> None:
        assert len(get(manager, f"/overnight/{query}").context["page"].problems) == 1


def batch(feed: str, day: dt.date, state: str = "done", **fields: Any) -> FeedBatch:
    ended = None if state == "running" else timezone.now()
    return FeedBatch.objects.create(
        feed=feed,
        file_name=f"{feed}.csv",
        business_date=day,
        source="folder",
        state=state,
        created_at=timezone.now(),
        ended_at=ended,
        **fields,
    )


class TestTheNight:
    @pytest.fixture
    def officer(self) -> User:
        return person("operations_centre", language="en")

    def test_all_well(self, officer: User, run: Run) -> None:
        for feed in ("assets", "trades", "cashflows"):
            batch(feed, FRIDAY)

        made, feeds = batch_lines(officer, NINE)

        assert made.tone == "fine"
        assert "20,118" in made.word
        assert (feeds.label, feeds.tone) == ("Feeds of 11-20", "fine")
        assert feeds.word.startswith("complete: ")

    def test_what_is_missing_is_loud(self, officer: User) -> None:
        batch("trades", FRIDAY)

        feeds = batch_lines(officer, NINE)[1]

        assert feeds.tone == "loud"
        assert feeds.word.startswith("missing: ")
        assert feeds.word.count(",") == 1

    def test_a_night_that_waits_is_loud(self, officer: User) -> None:
        saturday = dt.datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)

        made, feeds = batch_lines(officer, saturday)

        assert (made.tone, feeds.tone) == ("loud", "loud")
        assert "2026-11-20" in made.label

    def test_files_that_were_not_taken(self, officer: User, run: Run) -> None:
        failed = batch("assets", FRIDAY, "failed")
        batch("clients", FRIDAY, "partly", rejected=3)
        FeedBatch.objects.filter(pk=batch("trades", FRIDAY, "failed").pk).update(
            created_at=timezone.now() - dt.timedelta(days=9)
        )

        lines = batch_lines(officer, NINE)[2:]

        assert [(line.label, line.word) for line in lines] == [
            ("clients.csv", "3 rows rejected"),
            ("assets.csv", "Not taken"),
        ]
        assert str(failed.pk) in lines[1].url

    def test_branches_see_their_own_files_alone(self, run: Run, shenzhen: Unit) -> None:
        batch("assets", FRIDAY, "failed")

        assert len(batch_lines(person("operations_director", shenzhen), NINE)) == 2


class TestNotices:
    def test_the_calendar(self) -> None:
        for role in ("operations_centre", "compliance", "administrator"):
            assert any(notice.loud for notice in notices_for(person(role), MONDAY))
        assert notices_for(person("customer_manager"), MONDAY) == []
        assert notices_for(person("operations_centre"), dt.date(2026, 3, 2)) == []

    def test_policies_of_others_wait_for_the_decision(self) -> None:
        mine, other = person("sales_trading_hq", name="甲"), person("sales_trading_hq", name="乙")
        for version, by in ((2, mine), (3, other)):
            Policy.objects.create(
                version=version,
                name=f"草案{version}",
                rules={},
                proposed_by=by,
                proposed_at=timezone.now(),
                effective_on=MONDAY,
            )

        spring = dt.date(2026, 3, 2)
        assert ["草案3" in notice.text for notice in notices_for(mine, spring)] == [True]
        assert len(notices_for(person("compliance"), spring)) == 2
        assert notices_for(person("operations_centre"), spring) == []


def test_staff_in_figures(shenzhen: Unit) -> None:
    person("callback_clerk", shenzhen)
    UserFactory()
    UserFactory(left_on=MONDAY)

    values = [figure.value for figure in staff_figures(MONDAY)]

    assert values == ["2", "1", "1", "1", "0"]


@pytest.mark.parametrize(("hour", "words"), [(9, "Good morning"), (12, "Good afternoon"), (18, "Good evening")])
def test_greeting(hour: int, words: str) -> None:
    me = person(name="周敏")

    assert greeting(me, dt.datetime(2026, 11, 23, hour)) == f"{words}, 周敏"


@pytest.mark.parametrize("role", ["customer_manager", "general_manager", "compliance", "administrator"])
@pytest.mark.parametrize("url", ["/", "/overnight/"])
def test_few_queries(
    role: str, url: str, run: Run, shenzhen: Unit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    me = person(role, shenzhen if role in ("customer_manager", "general_manager") else None)
    for _n in range(12):
        one = client(branch=shenzhen, manager=me)
        stand(one, group="movement", reasons=outflow(FRIDAY), risk_level="C1", risk_until=MONDAY)
        make_change(run, one, group="movement", movement_urgency=3, reasons=outflow(FRIDAY))
        batch("assets", FRIDAY, "failed")
    browser = browser_of(me)
    browser.get(url)
    with django_assert_max_num_queries(MOST_QUERIES):
        browser.get(url)


class TestOverduePromises:
    """Who heads a branch reads how many promises to its clients nobody kept in time, and finds exactly these."""

    ROLES = ("operations_director", "general_manager")

    @pytest.fixture
    def owed(self, shenzhen: Unit, manager: User) -> Unit:
        elsewhere = branch()
        for unit, keeper in ((shenzhen, manager), (shenzhen, person("counter_clerk", shenzhen)), (elsewhere, manager)):
            one = client(branch=unit)
            for hours in (-30, -1, 0, 1, 30):
                promise(one, keeper, due_at=NINE + dt.timedelta(hours=hours))
            kept = promise(one, keeper, due_at=NINE - dt.timedelta(days=9))
            keep_promise(promise=kept, result="已办", by=keeper)
        return elsewhere

    @pytest.mark.parametrize("role", ROLES)
    def test_the_figure_and_the_list_agree(self, role: str, shenzhen: Unit, owed: Unit) -> None:
        head = person(role, shenzhen, language="en")
        (notice, *_others) = get(head, "/").context["home"].notices

        assert notice.text == "6 promises to clients in your scope are overdue."
        assert notice.loud
        page = get(head, notice.url).context["page"]
        assert page.count.number == len(page.rows) == 6
        assert not page.problems
        assert all(one.client.branch == shenzhen and one.due_at <= NINE for one in page.rows)

    def test_another_branch_reads_its_own(self, owed: Unit) -> None:
        head = person("general_manager", owed, language="en")
        (notice, *_others) = get(head, "/").context["home"].notices
        assert notice.text == "3 promises to clients in your scope are overdue."

    def test_what_one_promised_elsewhere_oneself_is_counted_as_it_is_listed(self, shenzhen: Unit, owed: Unit) -> None:
        head = person("general_manager", shenzhen, language="en")
        promise(client(), head, due_at=NINE - dt.timedelta(hours=1))
        (notice, *_others) = get(head, "/").context["home"].notices
        assert notice.text.startswith("7 ")
        assert get(head, notice.url).context["page"].count.number == 7

    def test_nothing_overdue_says_nothing_and_others_are_not_told(self, shenzhen: Unit, manager: User) -> None:
        promise(client(branch=shenzhen), manager, due_at=NINE + dt.timedelta(seconds=1))
        assert overdue_promises(person("general_manager", shenzhen), NINE) == []
        promise(client(branch=shenzhen), manager, due_at=NINE)
        for role in ("marketing_director", "counter_clerk", "customer_manager", "compliance"):
            assert overdue_promises(person(role, shenzhen), NINE) == []
        (notice,) = overdue_promises(person("general_manager", shenzhen), NINE)
        assert notice.text == "1 promise to clients in your scope is overdue."
