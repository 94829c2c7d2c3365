"""The client's file by feed: what the core system owns, personal data sealed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from clients.profile.models import Client, ClientWishes
from clients.segmentation.models import Standing
from crm.personal.hide import look_up, look_up_tail
from crm.personal.seal import unseal
from tests.clients.feeds.loading import LoadFeed, figures, reasons, rows
from tests.factories.people import person
from tests.factories.units import DepartmentFactory, branch

SHORT = "client_no,name,branch_code,opened_on\n"
COLUMNS = [
    "client_no",
    "name",
    "kind",
    "gender",
    "birth_date",
    "id_type",
    "id_number",
    "phone",
    "email",
    "address",
    "contact_person",
    "branch_code",
    "opened_on",
    "status",
    "closed_on",
    "manager_no",
    "introducer_no",
    "investor_class",
]
ROW = {
    "client_no": "C1",
    "name": "张博伟",
    "kind": "individual",
    "gender": "male",
    "birth_date": "1980-02-29",
    "id_type": "居民身份证",
    "id_number": "11010119800229001X",
    "phone": "138 1234 5678",
    "email": "Zhang@Example.com",
    "address": "上海市徐汇区淮海中路1号",
    "contact_person": "李丽",
    "branch_code": "B1",
    "opened_on": "2020-03-27",
    "status": "active",
    "closed_on": "",
    "manager_no": "S1",
    "introducer_no": "S2",
    "investor_class": "professional",
}
PERSONAL = ("phone", "id_number", "email", "address")


@pytest.fixture(autouse=True)
def firm(db: None) -> None:
    branch(code="B1")
    branch(code="B2")
    person("customer_manager", staff_no="S1")
    person("customer_manager", staff_no="S2")


def text(*changes: dict[str, str], without: tuple[str, ...] = ()) -> str:
    """A file with one row for each of `changes` to ROW."""
    columns = [column for column in COLUMNS if column not in without]
    lines = [",".join((ROW | change)[column] for column in columns) for change in changes or ({},)]
    return "\n".join([",".join(columns), *lines]) + "\n"


def stored(client_no: str = "C1") -> Client:
    return Client.objects.get(client_no=client_no)


def clear(client: Client, field: str) -> str | None:
    sealed = getattr(client, f"{field}_sealed")
    return unseal(sealed, purpose=f"client.{field}") if sealed else None


def test_client_with_everything(load: LoadFeed) -> None:
    assert figures(load("clients", text())) == {"rows": 1, "inserted": 1}
    client = stored()
    assert (client.name, client.kind, client.gender) == ("张博伟", "individual", "male")
    assert (client.birth_date, client.id_type, client.contact_person) == (dt.date(1980, 2, 29), "居民身份证", "李丽")
    assert (client.branch.code, client.opened_on) == ("B1", dt.date(2020, 3, 27))
    assert (client.status, client.closed_on, client.investor_class) == ("active", None, "professional")
    assert client.manager is not None
    assert client.introducer is not None
    assert (client.manager.staff_no, client.introducer.staff_no) == ("S1", "S2")


def test_personal_data_are_sealed_found_and_masked(load: LoadFeed) -> None:
    load("clients", text())
    client = stored()
    assert {field: clear(client, field) for field in PERSONAL} == {field: ROW[field] for field in PERSONAL}
    for field in PERSONAL:
        assert bytes(getattr(client, f"{field}_digest")) == look_up(ROW[field], purpose=f"client.{field}")
    assert (client.phone_masked, client.email_masked) == ("138****5678", "Z***@Example.com")
    assert client.id_number_masked == "1****************X"
    assert client.address_masked.endswith("****")


def test_the_end_of_the_phone_follows_the_phone(load: LoadFeed) -> None:
    def tail() -> bytes | None:
        kept = stored().phone_tail_digest
        return bytes(kept) if kept else None

    load("clients", text())
    assert tail() == look_up_tail("5678", purpose="client.phone_tail")
    load("clients", text({"name": "张博文"}))
    load("clients", SHORT + "C1,张博伟,B2,2020-03-27\n")
    assert tail() == look_up_tail("5678", purpose="client.phone_tail")
    load("clients", text({"phone": "021-6123 0042"}))
    assert tail() == look_up_tail("0042", purpose="client.phone_tail")
    load("clients", text({"phone": "12345"}))
    assert (stored().phone_masked, tail()) == ("****45", None)


def test_no_personal_data_in_clear_anywhere(load: LoadFeed) -> None:
    load("clients", text())
    row = str(
        rows("SELECT to_jsonb(c)::text FROM clients_client AS c")
        + rows("SELECT to_jsonb(e)::text FROM clients_clientevent AS e")
    )
    assert all(ROW[field] not in row for field in PERSONAL)


def test_name_is_found_by_characters_and_pinyin(load: LoadFeed) -> None:
    load("clients", text())
    assert stored().name_grams == ["张博", "博伟"]
    assert "zbw" in stored().name_initials


def test_client_with_required_columns_only(load: LoadFeed) -> None:
    load("clients", SHORT + "C1,张博伟,B1,2020-03-27\n")
    client = stored()
    assert (client.kind, client.status, client.investor_class) == ("individual", "active", "ordinary")
    assert (client.gender, client.phone_masked, client.phone_sealed, client.manager) == ("", "", None, None)


def test_every_client_has_a_standing(load: LoadFeed) -> None:
    load("clients", text())
    standing = Standing.objects.get(client__client_no="C1")
    assert (standing.client_no, standing.branch.code, standing.tier) == ("C1", "B1", "none")


def test_same_file_twice_writes_nothing(load: LoadFeed) -> None:
    load("clients", text({}, {"client_no": "C2", "phone": "", "email": ""}))
    written = rows("SELECT xmin, ctid FROM clients_client ORDER BY id")
    outcome = load("clients", text({}, {"client_no": "C2", "phone": "", "email": ""}))
    assert figures(outcome) == {"rows": 2, "unchanged": 2}
    assert rows("SELECT xmin, ctid FROM clients_client ORDER BY id") == written


def test_value_written_in_another_way_is_no_change(load: LoadFeed) -> None:
    """The digest is of the normal form: blanks in a phone number, the case of an e-mail."""
    load("clients", text())
    outcome = load("clients", text({"phone": "+86 138-1234-5678", "email": "zhang@example.COM"}))
    assert figures(outcome) == {"rows": 1, "unchanged": 1}
    assert clear(stored(), "phone") == "138 1234 5678"


def test_only_what_changed_is_sealed_again(load: LoadFeed) -> None:
    load("clients", text())
    before = stored()
    assert figures(load("clients", text({"phone": "13900001111"}))) == {"rows": 1, "updated": 1}
    after = stored()
    assert (clear(after, "phone"), after.phone_masked) == ("13900001111", "139****1111")
    for field in ("id_number", "email", "address"):
        assert bytes(getattr(after, f"{field}_sealed")) == bytes(getattr(before, f"{field}_sealed"))
    assert after.name_grams == before.name_grams


def test_name_changes_with_its_pairs_and_initials(load: LoadFeed) -> None:
    load("clients", text())
    load("clients", text({"name": "王芳"}))
    assert (stored().name, stored().name_grams, stored().name_initials) == ("王芳", ["王芳"], ["wf"])


def test_absent_column_keeps_what_is_stored(load: LoadFeed) -> None:
    load("clients", text())
    assert figures(load("clients", SHORT + "C1,张博伟,B1,2020-03-27\n")) == {"rows": 1, "unchanged": 1}
    load("clients", SHORT + "C1,张博文,B2,2020-03-27\n")
    client = stored()
    assert (client.name, client.branch.code, client.gender) == ("张博文", "B2", "male")
    assert clear(client, "phone") == ROW["phone"]
    assert client.manager is not None


def test_empty_cell_clears_an_optional_field(load: LoadFeed) -> None:
    load("clients", text())
    optional = [column for column in COLUMNS if column not in SHORT.strip().split(",")]
    load("clients", text(dict.fromkeys(optional, "")))
    client = stored()
    assert {field: clear(client, field) for field in PERSONAL} == dict.fromkeys(PERSONAL)
    assert (client.phone_masked, client.phone_digest, client.address_masked) == ("", None, "")
    assert (client.gender, client.birth_date, client.id_type, client.contact_person) == ("", None, "", "")
    assert (client.manager, client.introducer) == (None, None)
    assert (client.kind, client.status, client.investor_class) == ("individual", "active", "ordinary")


def test_unknown_staff_does_not_reject_the_client(load: LoadFeed) -> None:
    outcome = load("clients", text({"manager_no": "S9", "introducer_no": "S8"}, {"client_no": "C2"}))
    assert figures(outcome) == {"rows": 2, "inserted": 2, "warnings": 1}
    assert (stored().manager, stored().introducer) == (None, None)
    again = load("clients", text({"manager_no": "S9", "introducer_no": "S8"}, {"client_no": "C2"}))
    assert figures(again) == {"rows": 2, "unchanged": 2, "warnings": 1}


def test_what_staff_entered_is_not_touched(load: LoadFeed) -> None:
    load("clients", text())
    ClientWishes.objects.create(client=stored(), preferred_name="老张", preferred_hours="晚上", needs="养老")
    load("clients", text({"name": "张伟", "phone": ""}))
    wishes = ClientWishes.objects.get()
    assert (wishes.preferred_name, wishes.preferred_hours, wishes.needs) == ("老张", "晚上", "养老")


def test_institution_closed(load: LoadFeed) -> None:
    load(
        "clients",
        text({"kind": "institution", "name": "示例贸易有限公司", "status": "closed", "closed_on": "2026-11-01"}),
    )
    assert (stored().kind, stored().status, stored().closed_on) == ("institution", "closed", dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    "name",
    [
        '=cmd|"/C calc"!A0',
        "+1+1",
        "@SUM(A1)",
        "-2+3",
        "😀张伟👨‍👩‍👧",
        "O'Brien; DROP TABLE clients_client;--",
        "x" * 200,
        "\\.",
        "NULL",
    ],
)
def test_names_are_text_and_nothing_else(load: LoadFeed, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    load("clients", text({"name": quoted}))
    assert stored().name == name


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"name": "x" * 201}, "name", "has 201 characters; at most 200 are expected"),
        ({"name": ""}, "name", "is empty; a value is needed"),
        ({"kind": "company"}, "kind", "“company” is not known; expected is one of: individual, institution"),
        ({"gender": "m"}, "gender", "expected is one of: male, female"),
        ({"birth_date": "1980-02-30"}, "birth_date", "does not exist in the calendar"),
        ({"branch_code": "B9"}, "branch_code", "no branch has the code “B9”"),
        ({"branch_code": "D1"}, "branch_code", "no branch has the code “D1”"),
        ({"opened_on": ""}, "opened_on", "is empty"),
        ({"status": "dormant"}, "status", "expected is one of: active, suspended, closed"),
        ({"investor_class": "retail"}, "investor_class", "expected is one of: ordinary, professional"),
        ({"client_no": "C" * 33}, "client_no", "at most 32"),
    ],
)
def test_bad_rows(load: LoadFeed, change: dict[str, str], column: str, words: str) -> None:
    DepartmentFactory(code="D1")
    outcome = load("clients", text(change))
    found, reason = reasons(outcome)[2]
    assert found == column
    assert words in reason
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("column", "cell"), [("phone", "1" * 51), ("id_number", "9" * 65), ("email", "e" * 255), ("address", "路" * 301)]
)
def test_reasons_do_not_quote_personal_data(load: LoadFeed, column: str, cell: str) -> None:
    found, reason = reasons(load("clients", text({column: cell})))[2]
    assert found == column
    assert cell[:5] not in reason
    assert f"has {len(cell)} characters" in reason


def test_history_says_which_file_it_was(load: LoadFeed) -> None:
    outcome = load("clients", text())
    (context,) = rows("SELECT pgh_context ->> 'batch' FROM clients_clientevent")[0]
    assert outcome.batch is not None
    assert context == str(outcome.batch.pk)


def test_more_clients_than_a_chunk(load: LoadFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.feeds.declared.clients.CHUNK", 7)
    changes: list[dict[str, Any]] = [{"client_no": f"C{n}", "phone": f"138{n:08d}"} for n in range(50)]
    load("clients", text(*changes))
    assert {clear(client, "phone") for client in Client.objects.all()} == {change["phone"] for change in changes}
