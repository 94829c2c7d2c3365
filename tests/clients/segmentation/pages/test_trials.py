"""Trials on their pages: matrices and calls as the twin counts them, and the very clients behind every cell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.utils import timezone

from clients.segmentation.models import Run, SegmentChange, Standing
from clients.segmentation.services import RunRefused
from clients.segmentation.trials import request_trial
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.organisation.models import User
from tests.clients.desk.helpers import browser_of, get
from tests.clients.segmentation.pages.firm import (
    NIGHT,
    REGIONS,
    TODAY,
    Firm,
    place,
    proposed,
)
from tests.clients.segmentation.pages.reading import (
    everyone,
    table,
    tables,
    text,
)
from tests.clients.segmentation.pages.trying import CALLED, POLICY, THEN, box, enter, sides, tried, url
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

POLICIES = "/segmentation/policies/"


class TestWho:
    def test_a_stranger_is_sent_to_sign_in(self, firm: Firm, author: User) -> None:
        job = tried(author)
        for rest in ("", "panel/", "tier/gold/gold/", f"entering/core/{firm.branches['SH1'].pk}/"):
            assert get(None, url(job, rest)).status_code == 302
        assert browser_of(None).post(f"{POLICIES}1/trial/", {"as_of": "2026-11-20"}).status_code == 302
        assert Job.objects.count() == 1

    @pytest.mark.parametrize("role", ["auditor", "operations_centre", "general_manager", "customer_manager"])
    def test_who_may_not_try_is_told_who_may(self, firm: Firm, author: User, role: str) -> None:
        job, me = tried(author), person(role)
        for rest in ("", "panel/", "tier/gold/gold/", f"entering/core/{firm.branches['SH1'].pk}/"):
            response = get(me, url(job, rest))
            assert response.status_code == 403
            assert "these roles hold" in response.content.decode()
        assert browser_of(me).post(f"{POLICIES}1/trial/", {"as_of": "2026-11-20"}).status_code == 403
        with pytest.raises(PermissionDenied):
            request_trial(policy_rules={}, as_of=NIGHT, by=me)

    def test_a_colleagues_trial_and_another_job_are_not_found(self, firm: Firm, author: User, browser: Browser) -> None:
        theirs = tried(person("compliance"))
        other = Job.objects.create(kind="feeds.import", key="x", requested_by=author, created_at=timezone.now())
        for job in (theirs, other):
            for rest in ("", "panel/", "tier/gold/gold/", f"entering/core/{firm.branches['SH1'].pk}/"):
                assert browser.get(url(job, rest)).status_code == 404

    def test_started_by_post_and_read_by_get(self, firm: Firm, author: User, browser: Browser) -> None:
        assert browser.get(f"{POLICIES}1/trial/").status_code == 405
        job = tried(author)
        assert {browser.post(url(job, rest)).status_code for rest in ("", "panel/", "tier/gold/gold/")} == {405}


class TestStart:
    def test_a_version_is_tried_approved_or_not(self, firm: Firm, browser: Browser) -> None:
        waiting = proposed(**POLICY)
        response = browser.post(f"{POLICIES}{waiting.version}/trial/", {"as_of": f"{TODAY}"})
        job = Job.objects.get()
        assert response["Location"] == url(job)
        assert job.params == {"as_of": "2026-11-21", "rules": waiting.rules}

    @pytest.mark.parametrize("day", ["", "x", "2026-02-30", "2026-11-22", "2099-01-01", "0001-01-01", "0999-12-31"])
    def test_a_day_that_cannot_be_is_said(self, firm: Firm, browser: Browser, day: str) -> None:
        response = browser.post(f"{POLICIES}1/trial/", {"as_of": day}, follow=True)
        assert response.redirect_chain == [(f"{POLICIES}1/", 302)]
        assert len(list(response.context["messages"])) == 1
        assert not Job.objects.exists()

    def test_as_far_back_as_can_be(self, firm: Firm, author: User) -> None:
        longest = {
            "window_months": 1200,
            "dormant": {"months": 1200},
            "at_risk": {"days": 36500, "baseline_days": 36500},
        }
        assert tried(author, dt.date(1900, 1, 1), longest).result["trial"]["clients"] == 0
        with pytest.raises(RunRefused, match="The earliest possible day is 1900-01-01"):
            request_trial(policy_rules={}, as_of=dt.date(1899, 12, 31), by=author)

    def test_an_unknown_version_is_not_found(self, browser: Browser) -> None:
        assert browser.post(f"{POLICIES}9/trial/", {"as_of": "2026-11-20"}).status_code == 404

    def test_until_it_has_ended_the_page_asks_again(self, firm: Firm, author: User, browser: Browser) -> None:
        job = request_trial(policy_rules=POLICY, as_of=TODAY, by=author)
        for rest in ("", "panel/"):
            assert f'hx-get="{url(job, "panel/")}"' in text(browser.get(url(job, rest)))
        jobs.run(job.pk)
        for rest in ("", "panel/"):
            assert "hx-get" not in text(browser.get(url(job, rest))).partition('id="trial"')[2].partition("</main>")[0]

    def test_one_that_was_stopped_says_so_and_asks_no_more(self, firm: Firm, author: User, browser: Browser) -> None:
        job = request_trial(policy_rules=POLICY, as_of=TODAY, by=author)
        jobs.cancel(job, by=author)
        page = text(browser.get(url(job, "panel/")))
        assert "Stopped by hand." in page
        assert "hx-get" not in page


@pytest.mark.parametrize("day", [TODAY, THEN])
class TestFigures:
    def test_matrices_lead_from_now_to_then_and_hold_everybody(self, firm: Firm, author: User, day: dt.date) -> None:
        response = get(author, url(tried(author, day)))
        both = sides(day)
        for matrix in response.context["matrices"]:
            cells = Counter((box(matrix.axis, now), box(matrix.axis, then)) for now, then in both.values())
            shown = Counter(
                {
                    tuple(cell.url.split("/")[-3:-1]): cell.count
                    for row in matrix.rows
                    for cell in row.cells
                    if cell.count
                }
            )
            assert shown == cells
            assert (
                matrix.total == sum(row.total for row in matrix.rows) == sum(s.count for s in matrix.sums) == len(both)
            )
            assert matrix.moved == sum(n for (now, then), n in cells.items() if now != then)

    def test_the_tables_write_the_matrices(self, firm: Firm, author: User, day: dt.date) -> None:
        response = get(author, url(tried(author, day)))
        drawn = [rows for rows in tables(response) if rows[0][-1] == "Today"]
        for matrix, rows in zip(response.context["matrices"], drawn, strict=True):
            assert [[cell.removeprefix("· ") for cell in row] for row in rows[1:-1]] == [
                [row.word, *(str(cell.count) for cell in row.cells), str(row.total)] for row in matrix.rows
            ]
            sums = [int(cell.split()[0]) for cell in rows[-1][1:-1]]
            assert sums == [
                sum(int(row[at].removeprefix("· ")) for row in rows[1:-1]) for at in range(1, len(sums) + 1)
            ]
            assert rows[-1][-1] == str(len(sides(day)))

    def test_behind_every_cell_are_the_very_clients_it_counts(
        self, firm: Firm, author: User, browser: Browser, day: dt.date
    ) -> None:
        both = sides(day)
        for matrix in browser.get(url(tried(author, day))).context["matrices"]:
            for cell in (cell for row in matrix.rows for cell in row.cells if cell.count):
                old, new = cell.url.split("/")[-3:-1]
                fitting = {n for n, (a, b) in both.items() if (box(matrix.axis, a), box(matrix.axis, b)) == (old, new)}
                assert set(everyone(browser, cell.url)) == fitting
                assert cell.count == len(fitting)

    def test_calls_are_the_matches_entered_by_branch(
        self, firm: Firm, author: User, browser: Browser, day: dt.date
    ) -> None:
        response = browser.get(url(tried(author, day)))
        lines = {line.word.removesuffix("营业部"): line for line in response.context["calls"].lines}
        assert set(lines) == {code for code in REGIONS if any(enter(day, code, group) for group in CALLED)}
        for code, line in lines.items():
            for group, cell in zip(CALLED, line.cells, strict=True):
                assert cell.count == len(enter(day, code, group))
                assert (set(everyone(browser, cell.url)) if cell.count else set()) == enter(day, code, group)
            assert line.calls == sum(cell.count for cell in line.cells)
        assert response.context["calls"].total == sum(line.calls for line in lines.values()) > 0
        assert [row[1:] for row in table(response, "Branch")] == [
            [*(str(cell.count) for cell in line.cells), str(line.calls), "0"] for line in lines.values()
        ]

    def test_how_many_would_move_is_said_of_everybody(self, firm: Firm, author: User, day: dt.date) -> None:
        changed = sum(place(now) != place(then) for now, then in sides(day).values())
        page = text(get(author, url(tried(author, day))))
        assert f"{changed} of {len(sides(day))} clients would stand otherwise" in page

    def test_nothing_is_stored(self, firm: Firm, author: User, browser: Browser, day: dt.date) -> None:
        def stored() -> Any:
            return list(Standing.objects.order_by("pk").values()), Run.objects.count(), SegmentChange.objects.count()

        before = stored()
        browser.get(url(tried(author, day)))
        assert stored() == before
