"""What a corrected field may hold, and how it is kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from stdnum.cn import ric

from clients.corrections import values
from clients.corrections.choices import CorrectedField
from clients.corrections.values import LONGEST, read_value
from clients.feeds.kinds import Text
from clients.feeds.spec import find
from clients.profile.models import Client
from tests.factories.clients import client

TODAY = dt.date(2026, 11, 22)
F = CorrectedField
CARD = "11010519491231002X"  # the example of GB 11643


def person(id_type: str = "居民身份证", kind: str = "individual") -> Client:
    return Client(client_no="C1", name="张博伟", id_type=id_type, kind=kind)


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        (F.NAME, "  张  博伟 ", "张 博伟"),
        (F.NAME, "远望资产管理（有限合伙）", "远望资产管理（有限合伙）"),
        (F.PHONE, "１３８ 1234 5678", "138 1234 5678"),
        (F.PHONE, "010-66554433", "010-66554433"),
        (F.EMAIL, "zhang@example.com", "zhang@example.com"),
        (F.ID_NUMBER, "11010519491231002x", CARD),
        (F.BIRTH_DATE, "1980-02-29", "1980-02-29"),
        (F.GENDER, "female", "female"),
        (F.ADDRESS, "", ""),
        (F.PHONE, "   ", ""),
    ],
)
def test_what_is_taken(field: CorrectedField, written: str, value: str) -> None:
    assert read_value(field, written, person(), today=TODAY) == value


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (F.NAME, ""),
        (F.NAME, "张" * 201),
        (F.NAME, "张\0伟"),
        (F.PHONE, "12345"),
        (F.PHONE, "not a number"),
        (F.EMAIL, "zhang at example"),
        (F.EMAIL, "a@" + "b" * 260 + ".com"),
        (F.ID_NUMBER, "110105194912310021"),
        (F.ID_NUMBER, "110105491231002"),
        (F.ID_NUMBER, "110105194913310029"),
        (F.BIRTH_DATE, "1981-02-29"),
        (F.BIRTH_DATE, "2026-11-23"),
        (F.BIRTH_DATE, "1899-12-31"),
        (F.GENDER, "x"),
        (F.ADDRESS, "路" * 301),
        (F.ID_TYPE, "证" * 51),
    ],
)
def test_what_is_refused_in_words(field: CorrectedField, written: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        read_value(field, written, person(), today=TODAY)
    assert len(" ".join(refused.value.messages)) > 20


def test_an_identity_card_has_a_check_digit_and_a_day_that_exists() -> None:
    with translation.override("en"):
        with pytest.raises(ValidationError, match="does not fit"):
            read_value(F.ID_NUMBER, "110105194912310029", person(), today=TODAY)
        born_later = "11010520271231002"
        with pytest.raises(ValidationError, match="day of birth"):
            read_value(F.ID_NUMBER, born_later + ric.calc_check_digit(f"{born_later}0"), person(), today=TODAY)


def test_other_documents_have_rules_of_their_own() -> None:
    assert read_value(F.ID_NUMBER, "E12345678", person("护照"), today=TODAY) == "E12345678"
    firm = person("统一社会信用代码", "institution")
    assert read_value(F.ID_NUMBER, "91110000600037341L", firm, today=TODAY) == "91110000600037341L"
    with pytest.raises(ValidationError):
        read_value(F.ID_NUMBER, "911100006000373410", firm, today=TODAY)


def test_nothing_is_longer_than_the_feed_takes() -> None:
    feed = find("clients")
    assert feed is not None
    for field, most in LONGEST.items():
        kind = feed.column(field.value).kind
        if isinstance(kind, Text):
            assert kind.longest == most, field


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "clear"),
    [
        (F.PHONE, "138 1234 5678"),
        (F.ID_NUMBER, CARD),
        (F.EMAIL, "Zhang@Example.com"),
        (F.ADDRESS, "上海市徐汇区淮海中路1号"),
        (F.NAME, "李娜"),
        (F.BIRTH_DATE, "1980-02-29"),
        (F.GENDER, "female"),
        (F.ID_TYPE, "护照"),
        (F.CONTACT_PERSON, "王芳"),
    ],
)
def test_a_kept_value_opens_and_is_comparable_with_the_client_s_own(field: CorrectedField, clear: str) -> None:
    same = client(**{field.value: clear})
    kept = values.keep(field, clear, same)

    assert values.open_value(field, kept.sealed) == clear
    assert kept.digest == values.current_digest(field, same)
    assert kept.masked == values.current_masked(field, same)
    assert values.current_clear(field, same) == clear
    other = client()
    assert kept.digest != values.current_digest(field, other)


def test_masks_do_not_tell() -> None:
    one = person()
    assert values.masked(F.NAME, "李娜娜", one) == "李**"
    assert values.masked(F.CONTACT_PERSON, "王芳", one) == "王**"
    assert values.masked(F.BIRTH_DATE, "1980-02-29", one) == "1980-**-**"
    assert "1234" not in values.masked(F.PHONE, "13812345678", one)
