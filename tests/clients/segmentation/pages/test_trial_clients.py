"""The clients behind the cells of a trial: who they are, how long they are kept, and which boxes there are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client as Browser
from django.utils import timezone, translation

from clients.profile.models import Client
from clients.segmentation.models import TrialResult
from clients.segmentation.trial_page import clients_behind
from clients.segmentation.trials import forget_trials
from crm.organisation.models import User
from tests.clients.desk.helpers import get
from tests.clients.segmentation.pages.firm import (
    CLEAR_NAME,
    Firm,
    branch_of,
)
from tests.clients.segmentation.pages.reading import (
    everyone,
    headings,
    is_chinese,
    numbers,
    queries,
    table,
    tables,
    text,
    words,
)
from tests.clients.segmentation.pages.trying import CALLED, THEN, tried, url
from tests.factories.clients import ClientFactory
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

MOST_QUERIES = 14


class TestBehindTheCells:
    def test_now_and_then_side_by_side(self, firm: Firm, author: User) -> None:
        row = table(get(author, url(tried(author), "group/no_trade/general/")), "Client number")[0]
        assert row[1:5] == ["欧**", "SH1营业部", "Silver card Investor Never traded", "Silver card Investor General"]

    def test_who_moved_to_another_branch_meanwhile_is_still_counted_there(
        self, firm: Firm, author: User, browser: Browser
    ) -> None:
        job = tried(author)
        line = next(one for one in browser.get(url(job)).context["calls"].lines if one.word == "SZ1营业部")
        core = line.cells[CALLED.index("core")]
        before = everyone(browser, core.url)
        Client.objects.filter(client_no=before[0]).update(branch=firm.branches["SH1"])
        assert everyone(browser, core.url) == before
        assert len(before) == core.count

    def test_a_day_later_the_figures_stay_and_the_clients_are_gone(self, firm: Firm, author: User) -> None:
        job = tried(author)
        before = [row for rows in tables(get(author, url(job))) for row in rows]
        forget_trials(at=timezone.now() + dt.timedelta(days=2))
        response = get(author, url(job))
        assert [row for rows in tables(response) for row in rows] == before
        assert f"{url(job)}tier/" not in text(response)
        assert "gone by now" in text(response)
        assert "The clients of this trial are gone" in text(get(author, url(job, "tier/gold/gold/")))

    def test_a_cell_nobody_goes_to_says_so(self, firm: Firm, author: User) -> None:
        assert "Nobody in your scope goes this way" in text(get(author, url(tried(author), "tier/diamond/none/")))

    @pytest.mark.parametrize(
        "rest",
        [
            "tier/gold/copper/",
            "tier/go-ld/gold/",
            "tier/--/gold/",
            "tier/core/gold/",
            "colour/gold/gold/",
            "entering/general/{here}/",
            "entering/no_trade/{here}/",
            "entering/vip/{here}/",
            "entering/core/{region}/",
            "entering/core/0/",
            "entering/core/99999999999999999999/",
        ],
    )
    def test_a_box_that_is_none_is_not_found(self, firm: Firm, author: User, rest: str) -> None:
        here, region = firm.branches["SH1"].pk, firm.regions["EAST"].pk
        assert get(author, url(tried(author), rest.format(here=here, region=region))).status_code == 404

    @pytest.mark.parametrize("query", ["?sort=name", "?at=x", "?sort=-number&at=y"])
    def test_what_is_wrong_in_the_address_is_said(self, firm: Firm, author: User, query: str) -> None:
        response = get(author, url(tried(author), f"style/investor/investor/{query}"))
        assert len(response.context["page"].problems) == 1
        assert numbers(response)

    def test_names_are_masked(self, firm: Firm, author: User) -> None:
        page = text(get(author, url(tried(author), "style/investor/investor/")))
        assert "欧**" in page
        assert CLEAR_NAME not in page

    def test_only_clients_in_scope(self, firm: Firm, author: User) -> None:
        """Who may try sees the whole firm today; the list is narrowed all the same."""
        job = tried(author)
        for unit, codes in ((firm.branches["SZ1"], {"SZ1"}), (branch(), set())):
            head = person("general_manager", unit)
            assert {branch_of(one.client.client_no) for one in clients_behind(job, head)} == codes


def test_queries_grow_neither_with_clients_nor_with_branches(firm: Firm, author: User, browser: Browser) -> None:
    job = tried(author)
    cell = url(job, "group/general/core/")
    held = len(everyone(browser, cell))

    def more() -> None:
        """Ten clients of ten other branches take the same way."""
        one = TrialResult.objects.filter(job=job, group="core", old_group="general")[0]
        fields = {field.attname: getattr(one, field.attname) for field in TrialResult._meta.concrete_fields}
        for client in ClientFactory.create_batch(10):
            TrialResult.objects.create(**fields | {"client_id": client.pk, "branch_id": client.branch_id})
            job.result["trial"]["calls"].append({"branch_id": client.branch_id, "entries": {"core": 1}})
        job.save()

    before = [queries(browser, address) for address in (cell, url(job))]
    more()
    after = [queries(browser, address) for address in (cell, url(job))]
    assert len(everyone(browser, cell)) == held + 10
    assert before == after
    assert max(after) <= MOST_QUERIES


def test_in_chinese_every_heading_is(firm: Firm, author: User) -> None:
    job = tried(author, THEN)
    with translation.override("zh-hans"):
        groups = words("group", CALLED)
    for rest in ("", "style/investor/investor/"):
        response = get(author, url(job, rest), "zh-hans")
        assert [one for one in headings(response) if not is_chinese(one)] == []
    assert all(word in text(get(author, url(job), "zh-hans")) for word in groups)
