"""What somebody types into the search finds the right clients, and the log keeps no phone or ID number in clear."""

from __future__ import annotations

import pytest

from clients.profile.models import Client
from clients.profile.search import understand
from clients.segmentation.models import Standing
from tests.factories.clients import ExtraPhoneFactory, client

pytestmark = pytest.mark.django_db


def found(words: str) -> set[str]:
    return set(Client.objects.filter(pk__in=understand(words).client_ids()).values_list("client_no", flat=True))


@pytest.fixture
def some() -> None:
    client(client_no="108002314477", name="张博伟", phone="13812341234", id_number="11010119900101123X")
    client(client_no="108002314478", name="张伟", phone="+86 139 0000 0001")
    client(client_no="X-17", name="尉迟恭", phone="02161234567")
    client(client_no="I00000001", name="ＴＣＬ科技 集团", kind="institution", phone="")
    owner = client(client_no="90", name="博伟张", phone="")
    ExtraPhoneFactory(client=owner, phone="137-0000-1234")
    ExtraPhoneFactory(client=owner, phone="028-6280 1234")
    client(client_no="91", name="=cmd|'/c calc'!A1 😀", phone="")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("108002314477", {"108002314477"}),
        ("1080 0231 4477", {"108002314477"}),
        ("10800231", {"108002314477", "108002314478"}),
        ("i0000", {"I00000001"}),
        ("X-17", {"X-17"}),
        ("张博", {"108002314477"}),
        ("博伟", {"108002314477", "90"}),
        ("张博伟", {"108002314477"}),
        ("博伟张", {"90"}),
        ("伟张博", set()),
        ("tcl", {"I00000001"}),
        ("TCL科技集团", {"I00000001"}),
        ("科技 集团", {"I00000001"}),
        ("zbw", {"108002314477"}),
        ("ZBW", {"108002314477"}),
        ("zw", {"108002314478"}),
        ("ycg", {"X-17"}),
        ("13812341234", {"108002314477"}),
        ("138 1234 1234", {"108002314477"}),
        ("+86-138-1234-1234", {"108002314477"}),
        ("１３８１２３４１２３４", {"108002314477"}),
        ("13900000001", {"108002314478"}),
        ("021-61234567", {"X-17"}),
        ("1381234", set()),
        ("13700001234", {"90"}),
        ("1234", {"108002314477", "90"}),
        ("１２３４", {"108002314477", "90"}),
        ("12 34", {"108002314477", "90"}),
        ("0001", {"108002314478"}),
        ("1080", {"108002314477", "108002314478"}),
        ("234", set()),
        ("张\0博", {"108002314477"}),
        ("11010119900101123X", {"108002314477"}),
        ("11010119900101123x", {"108002314477"}),
        ("110101 19900101 123X", {"108002314477"}),
        ("=cmd", {"91"}),
        ("!A1 😀", {"91"}),
        ("%%", set()),
        ("__", set()),
        ("'; drop table", set()),
    ],
)
def test_finds(some: None, words: str, numbers: set[str]) -> None:
    assert found(words) == numbers


@pytest.mark.parametrize(
    "words", ["1080", "1234", "13700001234", "zbw", "张博", "X-17", "i0000", "tcl", "108002314477"]
)
def test_rows_of_clients_are_found_alike(some: None, words: str) -> None:
    rows = Standing.objects.filter(understand(words).on_rows(client="client_id", client_no="client_no"))
    assert set(rows.values_list("client_no", flat=True)) == found(words)


@pytest.mark.parametrize("words", ["张", "1", "12", " ", "é"])
def test_too_little_is_refused_in_words(words: str) -> None:
    with pytest.raises(ValueError, match=r"\w{2}"):
        understand(words)


@pytest.mark.parametrize("words", ["张" * 101, "1" * 1_000, "%" * 1_000, "😀" * 1_000, "ﷺ" * 10])
def test_too_much_is_refused_in_words(words: str) -> None:
    with pytest.raises(ValueError, match="100"):
        understand(words)


@pytest.mark.parametrize(
    ("words", "fields", "masked"),
    [
        ("X-17", ("name",), "X-17"),
        ("108002", (), "108002"),
        ("张博", ("name",), "张博"),
        ("zbw", ("initials", "name"), "zbw"),
        ("13812341234", ("phone",), "138****1234"),
        ("021-61234567", ("phone",), "021****4567"),
        ("5678", ("phone_tail",), "5678"),
        ("11010119900101123X", ("id_number",), "1****************X"),
        ("110101199001011234", ("phone", "id_number"), "1****************4"),
    ],
)
def test_says_what_it_looks_into(words: str, fields: tuple[str, ...], masked: str) -> None:
    search = understand(words)

    assert (search.fields, search.masked) == (fields, masked)
    assert search.is_personal is bool(fields)


def test_readings_of_one_field_are_named_once() -> None:
    assert [one.field for one in understand("13812341234").readings].count("phone") == 2
    assert understand("13812341234").fields == ("phone",)
