"""A decreed year and the units from a file: preview, confirmation, and every way a file can be wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from crm.organisation.models import Unit, User
from crm.worktime import services
from crm.worktime.models import CalendarDay
from crm.worktime.selectors import is_decreed
from tests.factories.units import branch

pytestmark = pytest.mark.django_db

HEAD = "day,working,exchange_open,remark\n"
NOTICE = HEAD + "2027-02-05,0,0,春节\n2027/2/6,是,,春节调休上班\n2027-02-08,否,,春节\n"


@pytest.fixture(autouse=True)
def provisional_year() -> None:
    services.extend(through=2028)


def preview(browser: Client, content: str | bytes, *, table: str = "calendarday") -> Any:
    data = content if isinstance(content, bytes) else content.encode()
    upload = SimpleUploadedFile("notice.csv", data, content_type="text/csv")
    return browser.post(reverse(f"admin:crm_{table}_import"), {"import_file": upload, "format": "0", "resource": "0"})


def confirm(browser: Client, shown: Any, *, table: str = "calendarday") -> Any:
    return browser.post(reverse(f"admin:crm_{table}_process_import"), shown.context["confirm_form"].initial)


def recorded(day: Any) -> Any:
    return day.events


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestCalendar:
    def test_a_year_is_previewed_then_settled(self, browser: Client, administrator: User) -> None:
        shown = preview(browser, NOTICE)
        assert "<del>1</del> <ins>0</ins>" in text(shown)
        assert not is_decreed(2027)
        assert CalendarDay.objects.get(day="2027-02-05").working
        assert confirm(browser, shown).status_code == 302
        assert is_decreed(2027)
        assert not is_decreed(2028)
        days = {day.day.day: day for day in CalendarDay.objects.filter(day__range=("2027-02-05", "2027-02-08"))}
        assert [(days[n].working, days[n].exchange_open) for n in (5, 6, 8)] == [(0, 0), (1, 0), (0, 0)]
        assert days[6].remark == "春节调休上班"
        assert recorded(days[5]).latest("pgh_id").pgh_context["staff_no"] == administrator.staff_no

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("2027-02-06,1,1,", "weekend"),
            ("2027-02-08,0,1,", "holiday"),
            ("2027-13-08,0,0,", "2027-13-08"),
            ("2027-02-08,maybe,0,", "maybe"),
            ("2027-02-08,,0,", "working"),
            ("2206-02-08,0,0,", "2028"),
            (f"2027-02-08,0,0,{'长' * 101}", "100"),
            ("2027-02-05,1,1,", "2027-02-05"),
        ],
    )
    def test_one_bad_row_holds_back_the_file(self, browser: Client, administrator: User, row: str, words: str) -> None:
        User.objects.filter(pk=administrator.pk).update(language="en")
        shown = preview(browser, f"{HEAD}2027-02-05,0,0,春节\n{row}\n")
        assert "confirm_form" not in shown.context
        assert words in text(shown)
        assert "Traceback" not in text(shown)
        assert not is_decreed(2027)

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "\n",
            HEAD,
            "nonsense",
            "working,remark\n1,x\n",
            NOTICE.encode("gb18030"),
            b"\x00\xff\xfe" * 40,
            b"PK\3\4",
        ],
    )
    def test_a_file_that_is_none(self, browser: Client, content: str | bytes) -> None:
        shown = preview(browser, content)
        assert shown.status_code == 200
        assert "confirm_form" not in shown.context
        assert "Traceback" not in text(shown)

    def test_a_file_too_large(self, browser: Client) -> None:
        assert preview(browser, HEAD.encode() + b" " * 4 * 1024 * 1024).context["form"].errors
        long = HEAD + "".join(f"{dt.date(1990, 1, 1) + dt.timedelta(n):%F},1,,\n" for n in range(10_001))
        assert "confirm_form" not in preview(browser, long).context

    def test_a_preview_that_is_gone(self, browser: Client) -> None:
        shown = preview(browser, NOTICE)
        cache.clear()
        answer = confirm(browser, shown)
        assert answer["Location"] == reverse("admin:crm_calendarday_import")
        assert not is_decreed(2027)

    def test_what_changed_since_the_preview_is_looked_at_again(self, browser: Client) -> None:
        shown = preview(browser, "code,name,kind,parent\nB77,新营业部,branch,R77\n", table="unit")
        assert "confirm_form" not in shown.context
        branch(code="R77")
        shown = preview(browser, "code,name,kind,parent\nB77,新营业部,branch,R77\n", table="unit")
        Unit.objects.filter(code="R77").delete()
        assert confirm(browser, shown, table="unit")["Location"] == reverse("admin:crm_unit_import")
        assert not Unit.objects.filter(code="B77").exists()

    @pytest.mark.parametrize("data", [{}, {"format": "99"}, {"import_file_name": "../../x", "format": "x"}])
    def test_a_confirmation_of_nothing(self, browser: Client, data: dict[str, str]) -> None:
        assert browser.post(reverse("admin:crm_calendarday_process_import"), data).status_code == 200

    def test_a_day_by_hand(self, browser: Client) -> None:
        url = reverse("admin:crm_calendarday_change", args=["2027-03-01"])
        assert browser.post(url, {"exchange_open": "on"}).status_code == 200
        assert browser.post(url, {"remark": "休市"}).status_code == 302
        day = CalendarDay.objects.get(day="2027-03-01")
        assert (day.working, day.exchange_open, day.provisional, day.remark) == (False, False, False, "休市")
        assert browser.get(reverse("admin:crm_calendarday_changelist"), {"day__year": "2027"}).status_code == 200

    def test_saved_as_the_same_file(self, browser: Client) -> None:
        confirm(browser, preview(browser, NOTICE))
        saved = browser.post(reverse("admin:crm_calendarday_export"), {"format": "0", "resource": "0"})
        assert "2027-02-05,0,0,春节\r\n" in saved.content.decode()

    @pytest.mark.parametrize("remark", ["=1+1", "==cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)"])
    def test_formulas_are_saved_as_text_and_read_again(self, browser: Client, remark: str) -> None:
        confirm(browser, preview(browser, NOTICE.replace("春节调休上班", remark)))
        assert CalendarDay.objects.get(day="2027-02-06").remark == remark
        saved = browser.post(reverse("admin:crm_calendarday_export"), {"format": "0", "resource": "0"}).content
        assert f",'{remark}\r\n" in saved.decode()
        line = next(line for line in saved.decode().splitlines() if line.startswith("2027-02-06"))
        shown = preview(browser, HEAD + line + "\n")
        assert f"<ins>'{remark}" not in text(shown)
        confirm(browser, shown)
        assert CalendarDay.objects.get(day="2027-02-06").remark == remark


class TestUnits:
    def test_new_and_changed(self, browser: Client) -> None:
        known = branch(code="B1", name="老营业部")
        assert known.parent is not None
        rows = "code,name,kind,parent,city\nR9,第九分公司,region,,\nB9,新营业部,branch,R9,杭州市\n"
        rows += f"B1,改名营业部,branch,{known.parent.code},\n"
        assert confirm(browser, preview(browser, rows, table="unit"), table="unit").status_code == 302
        known.refresh_from_db()
        assert known.name == "改名营业部"
        assert Unit.objects.get(code="B9").parent == Unit.objects.get(code="R9")

    @pytest.mark.parametrize("row", ["B9,新,emperor,", "B9,,branch,", "B9,新,branch,B9", "R1,绕圈,region,B1"])
    def test_refused(self, browser: Client, row: str) -> None:
        region = branch(code="B1").parent
        assert region is not None
        Unit.objects.filter(pk=region.pk).update(code="R1")
        shown = preview(browser, f"code,name,kind,parent\n{row}\n", table="unit")
        assert "confirm_form" not in shown.context

    def test_no_circle_by_hand(self, browser: Client) -> None:
        below = branch()
        above = below.parent
        assert above is not None
        data = {"code": above.code, "name": above.name, "kind": "region", "parent": below.pk, "is_active": "on"}
        answer = browser.post(reverse("admin:crm_unit_change", args=[above.pk]), data)
        assert "parent" in str(answer.context["adminform"].form.errors)
