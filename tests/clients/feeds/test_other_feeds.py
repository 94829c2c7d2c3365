"""Alerts, risk assessments, service records, permission requests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from clients.contacts.models import ServiceRecord
from clients.ledger.models import Alert
from clients.segmentation.models import Standing
from clients.suitability.models import PermissionRequest, RiskAssessment
from tests.clients.feeds.loading import LoadFeed, figures, reasons
from tests.factories.people import person

pytestmark = pytest.mark.usefixtures("clients")

ALERTS = "alert_no,client_no,raised_on,source,kind,summary,closed_on\n"
LEVELS = "client_no,assessed_on,level\n"
SCORES = "client_no,assessed_on,score\n"
RISKS = "client_no,assessed_on,level,score,valid_until\n"
RECORDS = (
    "record_no,client_no,occurred_at,channel,direction,staff_no,duration_seconds,wait_seconds,topic,summary,outcome\n"
)
REQUESTS = "request_no,client_no,permission,requested_on,status\n"


def test_alert_is_raised_and_closed(load: LoadFeed) -> None:
    load("alerts", ALERTS + "A1,C1,2026-11-18,exchange,频繁撤单,三日内撤单 212 笔,\n")
    alert = Alert.objects.get()
    assert (alert.client.client_no, alert.raised_on, alert.source) == ("C1", dt.date(2026, 11, 18), "exchange")
    assert (alert.kind, alert.summary, alert.closed_on) == ("频繁撤单", "三日内撤单 212 笔", None)
    load("alerts", "alert_no,client_no,raised_on,source,closed_on\nA1,C1,2026-11-18,exchange,2026-11-21\n")
    alert.refresh_from_db()
    assert (alert.kind, alert.closed_on) == ("频繁撤单", dt.date(2026, 11, 21))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("A1,C9,2026-11-18,exchange,,,", "client_no"),
        ("A1,C1,2026-11-18,rumour,,,", "source"),
        ("A1,C1,2027-01-01,system,,,", "raised_on"),
    ],
)
def test_bad_alerts(load: LoadFeed, row: str, column: str) -> None:
    assert reasons(load("alerts", ALERTS + row + "\n"))[2][0] == column


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("C1-lowest", "C1-lowest"),
        ("C1", "C1"),
        ("C5", "C5"),
        ("conservative", "C1"),
        ("steady", "C3"),
        ("aggressive", "C4"),
    ],
)
def test_levels_and_the_articles_three_types(load: LoadFeed, word: str, level: str) -> None:
    load("risk_assessments", LEVELS + f"C1,2026-01-15,{word}\n")
    assert RiskAssessment.objects.get().level == level


@pytest.mark.parametrize(
    ("score", "level"),
    [
        ("0", "C1-lowest"), ("0.99", "C1-lowest"), ("1", "C1"), ("19", "C1"), ("19.99", "C1"), ("20", "C2"),
        ("36", "C2"), ("37", "C3"), ("53", "C3"), ("54", "C4"), ("82", "C4"), ("83", "C5"), ("100", "C5"),
    ],
)  # fmt: skip
def test_level_by_score(load: LoadFeed, score: str, level: str) -> None:
    load("risk_assessments", SCORES + f"C1,2026-01-15,{score}\n")
    assessment = RiskAssessment.objects.get()
    assert (assessment.level, assessment.score) == (level, Decimal(score))


def test_level_goes_before_score(load: LoadFeed) -> None:
    load("risk_assessments", RISKS + "C1,2026-01-15,C5,10,\n")
    assert RiskAssessment.objects.get().level == "C5"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("C1,2026-01-15,,,", "level", "neither level nor score is given"),
        ("C1,2026-01-15,C6,,", "level", "“C6” is not known"),
        ("C1,2026-01-15,,101,", "score", "from 0 to 100"),
        ("C1,2026-01-15,,-1,", "score", "is negative"),
        ("C1,2026-12-15,C3,,", "assessed_on", "after tomorrow"),
        ("C9,2026-01-15,C3,,", "client_no", "no client"),
        ("C1,2026-01-15,C3,,2028", "valid_until", "is not a date"),
    ],
)
def test_bad_assessments(load: LoadFeed, row: str, column: str, words: str) -> None:
    found, reason = reasons(load("risk_assessments", RISKS + row + "\n"))[2]
    assert column in found
    assert words in reason


@pytest.mark.parametrize(
    ("assessed", "until"),
    [
        ("2026-01-15", "2028-01-15"),
        ("2024-02-29", "2026-02-28"),
        ("2022-02-28", "2024-02-28"),
        ("2020-08-31", "2022-08-31"),
    ],
)
def test_valid_to_the_same_day_24_months_later(load: LoadFeed, assessed: str, until: str) -> None:
    load("risk_assessments", LEVELS + f"C1,{assessed},C3\n")
    assert RiskAssessment.objects.get().valid_until == dt.date.fromisoformat(until)


def test_valid_until_as_given_kept_and_cleared(load: LoadFeed) -> None:
    load("risk_assessments", RISKS + "C1,2026-01-15,C3,,2026-06-30\n")
    assert RiskAssessment.objects.get().valid_until == dt.date(2026, 6, 30)
    assert figures(load("risk_assessments", LEVELS + "C1,2026-01-15,C3\n")) == {"rows": 1, "unchanged": 1}
    load("risk_assessments", RISKS + "C1,2026-01-15,C3,,\n")
    assert RiskAssessment.objects.get().valid_until == dt.date(2028, 1, 15)


def test_assessment_may_be_older_than_the_opening(load: LoadFeed) -> None:
    assert figures(load("risk_assessments", LEVELS + "C1,1999-01-15,C3\n")) == {"rows": 1, "inserted": 1}


@pytest.mark.parametrize(
    ("header", "cell", "fault"),
    [
        (SCORES, "101", ("score", "“101” is too large; expected is a number from 0 to 100")),
        (SCORES, "x", ("score", "“x” is not a number; expected is a number such as 1234.50")),
        (SCORES, "", ("level", "neither level nor score is given; one of them is needed")),
        (LEVELS, "", ("level", "neither level nor score is given; one of them is needed")),
    ],
)
def test_a_file_with_one_of_level_and_score_says_what_is_wrong_with_it(
    load: LoadFeed, header: str, cell: str, fault: tuple[str, str]
) -> None:
    outcome = load(
        "risk_assessments", header + f"C1,2026-01-15,{cell}\nC2,2026-01-15,{'C3' if header is LEVELS else 40}\n"
    )
    assert reasons(outcome) == {2: fault}
    assert outcome.inserted == 1


def test_one_of_level_and_score_must_stand_in_the_row_itself(load: LoadFeed) -> None:
    load("risk_assessments", RISKS + "C1,2026-01-15,,46.75,\nC2,2026-01-15,C5,,\n")
    assert load("risk_assessments", LEVELS + "C1,2026-01-15,\n").rejected == 1
    assert load("risk_assessments", SCORES + "C2,2026-01-15,\n").rejected == 1
    assert figures(load("risk_assessments", LEVELS + "C1,2026-01-15,C2\n")) == {"rows": 1, "updated": 1}
    assert figures(load("risk_assessments", SCORES + "C2,2026-01-15,40\n")) == {"rows": 1, "updated": 1}
    found = RiskAssessment.objects.order_by("client__client_no").values_list("level", "score")
    assert list(found) == [("C2", Decimal("46.75")), ("C3", Decimal(40))]


def test_standing_follows_the_newest_assessment(load: LoadFeed) -> None:
    load("risk_assessments", LEVELS + "C1,2026-01-15,C3\nC1,2024-01-15,C5\n")
    standing = Standing.objects.get(client__client_no="C1")
    assert (standing.risk_level, standing.risk_until) == ("C3", dt.date(2028, 1, 15))


def test_service_record_with_everything(load: LoadFeed) -> None:
    person("call_centre_agent", staff_no="S1")
    load(
        "service_records",
        RECORDS + "R1,C1,2026-11-20T09:30:00,phone,inbound,S1,166,12,账户查询,询问银证转账,answered\n",
    )
    record = ServiceRecord.objects.get()
    assert record.client is not None
    assert record.staff is not None
    assert (record.client.client_no, record.staff.staff_no, record.staff_no) == ("C1", "S1", "S1")
    assert record.occurred_at == dt.datetime(2026, 11, 20, 1, 30, tzinfo=dt.UTC)
    assert (record.channel, record.direction, record.duration_seconds, record.wait_seconds) == (
        "phone",
        "inbound",
        166,
        12,
    )
    assert (record.topic, record.summary, record.outcome) == ("账户查询", "询问银证转账", "answered")


def test_caller_may_be_nobodys_client_and_staff_unknown(load: LoadFeed) -> None:
    outcome = load("service_records", RECORDS + "R1,,2026-11-20,phone,,S9,,,,,\n")
    assert figures(outcome) == {"rows": 1, "inserted": 1}
    record = ServiceRecord.objects.get()
    assert (record.client, record.staff, record.staff_no, record.duration_seconds) == (None, None, "S9", None)


def test_staff_that_becomes_known_is_linked_by_the_next_file(load: LoadFeed) -> None:
    text = RECORDS + "R1,,2026-11-20,phone,,S9,,,,,\n"
    load("service_records", text)
    person("call_centre_agent", staff_no="S9")
    assert figures(load("service_records", text)) == {"rows": 1, "updated": 1}
    assert figures(load("service_records", text)) == {"rows": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("R1,C9,2026-11-20,phone,,,,,,,", "client_no"),
        ("R1,,2026-11-20,fax,,,,,,,", "channel"),
        ("R1,,2026-11-20,phone,up,,,,,,", "direction"),
        ("R1,,2026-11-20,phone,,,-5,,,,", "duration_seconds"),
        ("R1,,2026-11-24T00:00:00,phone,,,,,,,", "occurred_at"),
    ],
)
def test_bad_service_records(load: LoadFeed, row: str, column: str) -> None:
    assert reasons(load("service_records", RECORDS + row + "\n"))[2][0] == column


def test_permission_request_is_opened(load: LoadFeed) -> None:
    load("permission_requests", REQUESTS + "P1,C1,chinext,2026-11-01,requested\nP2,C2,margin,2026-11-02,\n")
    load("permission_requests", REQUESTS + "P1,C1,chinext,2026-11-01,opened\n")
    found = PermissionRequest.objects.order_by("request_no").values_list("client__client_no", "permission", "status")
    assert list(found) == [("C1", "chinext", "opened"), ("C2", "margin", "")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P1,C1,futures,2026-11-01,", "permission"),
        ("P1,C1,star,2026-11-01,done", "status"),
        ("P1,C1,bse,tomorrow,", "requested_on"),
    ],
)
def test_bad_permission_requests(load: LoadFeed, row: str, column: str) -> None:
    assert reasons(load("permission_requests", REQUESTS + row + "\n"))[2][0] == column


@pytest.mark.parametrize(
    ("feed", "text"),
    [
        ("alerts", ALERTS + "A1,C1,2026-11-18,exchange,频繁撤单,x,2026-11-20\n"),
        ("risk_assessments", RISKS + "C1,2026-01-15,steady,,\nC2,2026-01-15,,46.75,2027-01-01\n"),
        ("service_records", RECORDS + "R1,C1,2026-11-20T09:30:00,phone,inbound,S1,166,12,a,b,c\n"),
        ("permission_requests", REQUESTS + "P1,C1,hk_connect,2026-11-01,refused\n"),
    ],
)
def test_same_file_twice_changes_nothing(load: LoadFeed, feed: str, text: str) -> None:
    first = load(feed, text)
    assert figures(first) == {"rows": first.rows, "inserted": first.rows}
    assert figures(load(feed, text)) == {"rows": first.rows, "unchanged": first.rows}
