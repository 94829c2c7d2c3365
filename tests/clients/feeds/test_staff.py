"""People and the one appointment that the core system speaks of."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.hashers import is_password_usable

from crm.organisation.models import Appointment, Unit, User
from tests.clients.feeds.loading import TODAY, LoadFeed, figures, reasons
from tests.factories.people import AppointmentFactory, person
from tests.factories.units import DepartmentFactory, HeadquartersFactory, RegionFactory, branch

FULL = "staff_no,name,branch_code,role,phone,email,active,left_on\n"
SHORT = "staff_no,name,branch_code,role\n"
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def units(db: None) -> None:
    branch(code="B1", parent=RegionFactory(code="R1"))
    branch(code="B2")


def posts(staff_no: str) -> list[tuple[str, str, dt.date, dt.date | None]]:
    """role, unit, from, until"""
    held = Appointment.objects.filter(user__staff_no=staff_no).order_by("starts_on", "id")
    return list(held.values_list("role", "unit__code", "starts_on", "ends_on"))


def test_person_with_everything(load: LoadFeed) -> None:
    load("staff", FULL + "S1,王敏,B1,customer_manager,13800000001,wm@example.com,1,\n")
    made = User.objects.get(staff_no="S1")
    assert (made.name, made.phone, made.email, made.is_active) == ("王敏", "13800000001", "wm@example.com", True)
    assert (made.left_on, made.is_demo) == (None, False)
    assert not is_password_usable(made.password), "an administrator gives the first password"
    assert posts("S1") == [("customer_manager", "B1", TODAY, None)]


def test_business_date_is_the_day_a_post_begins(load: LoadFeed) -> None:
    load("staff", SHORT + "S1,王敏,B1,customer_manager\n", business_date=dt.date(2026, 11, 20))
    assert posts("S1") == [("customer_manager", "B1", dt.date(2026, 11, 20), None)]


def test_empty_branch_is_headquarters_made_where_missing(load: LoadFeed) -> None:
    load("staff", SHORT + "S1,王敏,,call_centre_agent\n")
    assert posts("S1") == [("call_centre_agent", "HQ", TODAY, None)]
    assert Unit.objects.get(code="HQ").kind == "headquarters"


def test_staff_of_a_department(load: LoadFeed) -> None:
    HeadquartersFactory()
    DepartmentFactory(code="D-COMPLIANCE")
    load("staff", SHORT + "S1,王敏,D-COMPLIANCE,compliance\nS2,李强,,auditor\n")
    assert posts("S1") == [("compliance", "D-COMPLIANCE", TODAY, None)]
    assert posts("S2") == [("auditor", "HQ", TODAY, None)]


def test_head_of_a_region_is_appointed_there(load: LoadFeed) -> None:
    load("staff", SHORT + "S1,王敏,B1,region_head\nS2,李强,R1,region_head\n")
    assert posts("S1") == posts("S2") == [("region_head", "R1", TODAY, None)]
    assert figures(load("staff", SHORT + "S1,王敏,B1,region_head\nS2,李强,R1,region_head\n")) == {
        "rows": 2,
        "unchanged": 2,
    }


def test_same_file_twice_changes_nothing_even_the_next_day(load: LoadFeed) -> None:
    text = FULL + "S1,王敏,B1,customer_manager,,,1,\nS2,李强,B1,counter_clerk,,,0,\nS3,赵伟,B1,adviser,,,1,2026-12-31\n"
    text += "S4,周杰,B2,counter_clerk,,,0,2026-11-22\nS5,吴静,B2,counter_clerk,,,1,2026-11-01\n"
    assert figures(load("staff", text)) == {"rows": 5, "inserted": 5}
    assert figures(load("staff", text)) == {"rows": 5, "unchanged": 5}
    assert figures(load("staff", text, business_date=TODAY + dt.timedelta(days=1))) == {"rows": 5, "unchanged": 5}


def test_role_and_branch_change(load: LoadFeed) -> None:
    load("staff", SHORT + "S1,王敏,B1,customer_manager\n", business_date=dt.date(2026, 1, 1))
    assert figures(load("staff", SHORT + "S1,王敏,B2,adviser\n")) == {"rows": 1, "updated": 1}
    assert posts("S1") == [
        ("customer_manager", "B1", dt.date(2026, 1, 1), YESTERDAY),
        ("adviser", "B2", TODAY, None),
    ]


def test_change_on_the_day_of_appointment_corrects_it(load: LoadFeed) -> None:
    """Nobody holds two posts because a file was corrected within the day."""
    load("staff", SHORT + "S1,王敏,B1,customer_manager\n")
    load("staff", SHORT + "S1,王敏,B1,adviser\n")
    assert posts("S1") == [("adviser", "B1", TODAY, None)]


def test_password_and_appointments_given_by_hand_stay(load: LoadFeed) -> None:
    load("staff", SHORT + "S1,王敏,B1,customer_manager\n", business_date=dt.date(2026, 1, 1))
    user = User.objects.get(staff_no="S1")
    user.set_password("correct-horse-9")
    user.save()
    AppointmentFactory(user=user, unit=Unit.objects.get(code="B2"), role="complaint_officer", starts_on=TODAY)
    load("staff", SHORT + "S1,王小敏,B1,adviser\n")
    user.refresh_from_db()
    assert user.name == "王小敏"
    assert user.check_password("correct-horse-9")
    assert ("complaint_officer", "B2", TODAY, None) in posts("S1")
    assert ("adviser", "B1", TODAY, None) in posts("S1")
    assert ("customer_manager", "B1", dt.date(2026, 1, 1), YESTERDAY) in posts("S1")


def test_single_appointment_from_before_the_feeds_is_the_feeds_from_now_on(load: LoadFeed) -> None:
    person("counter_clerk", Unit.objects.get(code="B1"), staff_no="S1", name="王敏")
    load("staff", SHORT + "S1,王敏,B1,adviser\n")
    assert [post[:2] for post in posts("S1")] == [("counter_clerk", "B1"), ("adviser", "B1")]
    assert posts("S1")[0][3] == YESTERDAY


def test_several_appointments_from_before_the_feeds_stay(load: LoadFeed) -> None:
    user = person("counter_clerk", Unit.objects.get(code="B1"), staff_no="S1", name="王敏")
    AppointmentFactory(user=user, unit=Unit.objects.get(code="B2"), role="counter_clerk")
    load("staff", SHORT + "S1,王敏,B1,adviser\n")
    assert sorted(post[3] is None for post in posts("S1")) == [True, True, True]
    load("staff", SHORT + "S1,王敏,B1,counter_clerk\n", business_date=TODAY + dt.timedelta(days=1))
    assert [post[:2] for post in posts("S1") if post[3] is not None] == [("adviser", "B1")]


def test_post_planned_by_hand_is_brought_forward(load: LoadFeed) -> None:
    user = person(None, staff_no="S1", name="王敏")
    AppointmentFactory(
        user=user, unit=Unit.objects.get(code="B1"), role="adviser", starts_on=TODAY + dt.timedelta(days=9)
    )
    load("staff", SHORT + "S1,王敏,B1,adviser\n")
    assert posts("S1") == [("adviser", "B1", TODAY, None)]


@pytest.mark.parametrize("end", ["0,", "1,2026-11-22", "0,2026-11-22"])
def test_leaver_loses_everything_on_the_day(load: LoadFeed, end: str) -> None:
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,1,\n", business_date=dt.date(2026, 1, 1))
    user = User.objects.get(staff_no="S1")
    AppointmentFactory(user=user, unit=Unit.objects.get(code="B2"), role="complaint_officer")
    load("staff", FULL + f"S1,王敏,B1,customer_manager,,,{end}\n")
    assert {post[3] for post in posts("S1")} == {YESTERDAY}
    assert not User.objects.in_service(TODAY).filter(staff_no="S1").exists()


def test_day_of_leaving_that_is_still_to_come(load: LoadFeed) -> None:
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,1,\n", business_date=dt.date(2026, 1, 1))
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,1,2026-12-31\n")
    assert posts("S1") == [("customer_manager", "B1", dt.date(2026, 1, 1), dt.date(2026, 12, 30))]
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,1,\n")
    assert posts("S1") == [("customer_manager", "B1", dt.date(2026, 1, 1), None)]


def test_somebody_who_comes_back(load: LoadFeed) -> None:
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,1,\n", business_date=dt.date(2026, 1, 1))
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,0,2026-03-01\n", business_date=dt.date(2026, 3, 1))
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,1,\n")
    assert posts("S1") == [
        ("customer_manager", "B1", dt.date(2026, 1, 1), dt.date(2026, 2, 28)),
        ("customer_manager", "B1", TODAY, None),
    ]
    assert User.objects.get(staff_no="S1").is_active


def test_somebody_who_had_left_before_we_knew_him_holds_nothing(load: LoadFeed) -> None:
    load("staff", FULL + "S1,王敏,B1,customer_manager,,,0,2010-05-01\n")
    assert posts("S1") == []


def test_absent_columns_keep_what_is_stored(load: LoadFeed) -> None:
    load("staff", FULL + "S1,王敏,B1,customer_manager,138,w@x,0,2026-11-01\n")
    assert figures(load("staff", "staff_no,name,role\nS1,王敏,customer_manager\n")) == {"rows": 1, "unchanged": 1}
    user = User.objects.get(staff_no="S1")
    assert (user.phone, user.is_active, user.left_on) == ("138", False, dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (
            "S1,王敏,B9,customer_manager,,,1,",
            "branch_code",
            "no branch, regional office or department has the code “B9”",
        ),
        ("S1,王敏,B1,boss,,,1,", "role", "“boss” is not known; expected is one of: customer_manager, "),
        ("S1,,B1,customer_manager,,,1,", "name", "is empty"),
        ("S1,王敏,B1,customer_manager,,,yes,", "active", "“yes” is not known; expected is 1 or 0"),
        ("S1,王敏,B1,customer_manager,,,1,soon", "left_on", "“soon” is not a date"),
    ],
)
def test_bad_rows(load: LoadFeed, row: str, column: str, words: str) -> None:
    outcome = load("staff", FULL + row + "\n")
    found, reason = reasons(outcome)[2]
    assert found == column
    assert words in reason
    assert not User.objects.exists()
