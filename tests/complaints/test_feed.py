"""The complaints feed: declared by the complaints app, run by the engine of the client data centre."""

from __future__ import annotations

import datetime as dt

import pytest

from complaints.intake.models import FedComplaint
from tests.clients.feeds.loading import LoadFeed, figures, reasons

pytestmark = pytest.mark.usefixtures("clients")

HEADER = (
    "complaint_no,received_at,channel,branch_code,client_no,category,subcategory,summary,transferred_at,resolution,"
    "on_time,disputed\n"
)


def test_complaint_with_everything(load: LoadFeed) -> None:
    load(
        "complaints",
        HEADER + "K1,2026-11-20T10:00:00,branch_phone,B1,C1,费用,佣金,佣金偏高,2026-11-20T11:00:00,已解释,yes,no\n",
    )
    complaint = FedComplaint.objects.get()
    assert complaint.client is not None
    assert complaint.branch is not None
    assert (complaint.client.client_no, complaint.branch.code, complaint.channel) == ("C1", "B1", "branch_phone")
    assert complaint.received_at == dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
    assert complaint.transferred_at == dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
    assert (complaint.category, complaint.subcategory, complaint.summary) == ("费用", "佣金", "佣金偏高")
    assert (complaint.resolution, complaint.on_time, complaint.disputed) == ("已解释", True, False)
    assert not complaint.transferred_early


def test_client_and_branch_may_be_missing_and_categories_keep_their_words(load: LoadFeed) -> None:
    text = HEADER + "K1,2013-07-29,hotline,,,Consumer Loan,Managing the loan or lease,Vehicle loan,,Closed,,\n"
    assert figures(load("complaints", text)) == {"rows": 1, "inserted": 1}
    complaint = FedComplaint.objects.get()
    assert (complaint.client, complaint.branch, complaint.category) == (None, None, "Consumer Loan")
    assert (complaint.on_time, complaint.disputed) == (None, None)
    assert figures(load("complaints", text)) == {"rows": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("received", "transferred", "early"),
    [
        ("2026-11-20", "2026-11-19", True),
        ("2026-11-20", "2026-11-20", False),
        ("2026-11-20T15:00:00", "2026-11-20", False),
        ("2026-11-20T15:00:00", "2026-11-20T14:59:00", True),
        ("2026-11-20T15:00:00", "2026-11-19", True),
        ("2026-11-20T15:00:00", "", False),
    ],
)
def test_transferred_before_it_was_received_is_taken_and_flagged(
    load: LoadFeed,
    received: str,
    transferred: str,
    early: bool,
) -> None:
    outcome = load("complaints", HEADER + f"K1,{received},hotline,,,,,,{transferred},,,\n")
    assert figures(outcome) == {"rows": 1, "inserted": 1}
    assert FedComplaint.objects.get().transferred_early is early


def test_flag_follows_a_correction(load: LoadFeed) -> None:
    load("complaints", HEADER + "K1,2026-11-20,hotline,,,,,,2026-11-19,,,\n")
    load("complaints", "complaint_no,received_at,channel\nK1,2026-11-18,hotline\n")
    assert not FedComplaint.objects.get().transferred_early


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("K1,2026-11-20,pigeon,,,,,,,,,", "channel"),
        ("K1,2026-11-20,hotline,B9,,,,,,,,", "branch_code"),
        ("K1,2026-11-20,hotline,,C9,,,,,,,", "client_no"),
        ("K1,2026-11-24,hotline,,,,,,,,,", "received_at"),
        ("K1,2026-11-20,hotline,,,,,,,,maybe,", "on_time"),
        (",2026-11-20,hotline,,,,,,,,,", "complaint_no"),
    ],
)
def test_bad_rows(load: LoadFeed, row: str, column: str) -> None:
    outcome = load("complaints", HEADER + row + "\n")
    assert reasons(outcome)[2][0] == column
    assert not FedComplaint.objects.exists()
