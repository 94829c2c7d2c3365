"""The demo's clients and staff look like people of a Chinese firm, and their numbers are valid in form."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from stdnum.cn import ric

from clients.demo.firm import Firm
from clients.demo.names import GIVEN, GIVEN_SLOTS, SURNAMES
from clients.demo.people import LEAVER, STAFF
from clients.demo.places import TOWNS, UNITS
from clients.profile.models import Client
from crm.access.roles import ROLES
from crm.access.scope import appointments_of
from crm.organisation.models import Appointment, StandIn, Unit, User
from crm.personal.hide import look_up, look_up_tail
from crm.personal.normal import normal_phone
from crm.personal.seal import unseal
from tests.clients.demo.ledger import rows

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def clear(client: Client, field: str) -> str:
    return unseal(getattr(client, f"{field}_sealed"), purpose=f"client.{field}")


def test_id_numbers_have_the_right_check_digit_birth_date_and_sex(firm: Firm) -> None:
    for client in Client.objects.filter(kind="individual")[:200]:
        number = clear(client, "id_number")
        assert len(number) == 18
        assert ric.calc_check_digit(number) == number[-1]
        assert number[6:14] == f"{client.birth_date:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) == (client.gender == "male")
        assert number[:4] in {town.id_prefix for town in TOWNS.values()}


def test_credit_codes_of_institutions_have_the_right_check_character(firm: Firm) -> None:
    institutions = Client.objects.filter(kind="institution")
    assert institutions.count() > 5
    for client in institutions:
        code = clear(client, "id_number")
        total = sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        assert len(code) == 18
        assert CREDIT_ALPHABET[-total % 31] == code[17]
        assert client.contact_person


def test_phones_are_mobiles_and_differ(firm: Firm) -> None:
    phones = [normal_phone(clear(client, "phone")) for client in Client.objects.all()]
    assert all(re.fullmatch(r"\+861[3-9]\d{9}", phone) for phone in phones)
    assert len(set(phones)) > 0.99 * len(phones)


def test_mail_goes_to_hosts_that_can_never_be_real(firm: Firm) -> None:
    hosts = {clear(c, "email").rpartition("@")[2] for c in Client.objects.exclude(email_masked="")}
    assert hosts <= {"example.com", "example.net", "example.org"}
    assert all(unit.email.endswith(".example") for unit in Unit.objects.all())


def test_a_client_is_found_by_phone_name_and_initials(firm: Firm) -> None:
    client = Client.objects.filter(name__startswith="单").first() or Client.objects.first()
    assert client is not None
    digest = look_up(clear(client, "phone"), purpose="client.phone")
    assert Client.objects.filter(phone_digest=digest).get() == client
    tail = look_up_tail(client.phone_masked[-4:], purpose="client.phone_tail")
    assert client in Client.objects.filter(phone_tail_digest=tail)
    assert client in Client.objects.filter(name_grams__contains=[client.name[:2]])
    assert client in Client.objects.filter(name_initials__contains=[client.name_initials[0]])


def test_surnames_are_as_frequent_as_in_life(firm: Firm) -> None:
    names = Client.objects.filter(kind="individual").values_list("name", flat=True)
    counted = Counter(name[0] for name in names)
    assert {name for name, _count in counted.most_common(4)} & set("王李张刘陈")
    assert 0.03 < counted["王"] / len(names) < 0.14


def test_rare_surnames_and_all_lists_of_given_names_are_there() -> None:
    assert {"欧阳", "单", "曾", "仇", "查", "尉迟"} <= {name for name, _share in SURNAMES}
    assert all(len(set(names.split())) == GIVEN_SLOTS for names in GIVEN.values())


def test_clients_belong_to_managers_of_their_own_branch(firm: Firm) -> None:
    strangers = rows(
        "SELECT c.client_no FROM clients_client c WHERE c.manager_id IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM crm_appointment a WHERE a.user_id = c.manager_id AND a.unit_id = c.branch_id)"
    )
    assert strangers == []


def test_every_role_is_held_today(firm: Firm) -> None:
    held = set(Appointment.objects.held_on(firm.until).values_list("role", flat=True))
    assert held == set(ROLES)
    assert User.objects.filter(is_demo=True).count() == len(STAFF)


def test_units_are_a_firm_of_regions_and_branches(firm: Firm) -> None:
    assert Unit.objects.count() == len(UNITS)
    assert Unit.objects.branches().count() == 6
    assert Unit.objects.filter(kind="region").count() == 3
    assert all(unit.parent is not None for unit in Unit.objects.exclude(kind="headquarters"))


def test_callback_clerks_are_never_customer_managers() -> None:
    assert not [p for p in STAFF if {"callback_clerk", "customer_manager"} <= set(p.roles)]


def test_one_person_holds_both_director_posts_in_the_small_branch() -> None:
    both = [p for p in STAFF if {"marketing_director", "operations_director"} <= set(p.roles)]
    assert [p.unit for p in both] == ["WH01"]


def test_the_leaver_holds_nothing_but_clients_to_hand_over(firm: Firm) -> None:
    leaver = User.objects.get(staff_no=LEAVER)
    assert leaver.left_on is not None
    assert leaver.left_on < firm.until
    assert appointments_of(leaver, firm.until) == []
    assert leaver.clients.exists()


def test_somebody_is_away_and_a_colleague_acts_for_him(firm: Firm) -> None:
    absence = StandIn.objects.on(firm.until).get()
    roles = {a.role for a in appointments_of(absence.deputy, firm.until)}
    assert roles == {"customer_manager"}
    assert len(appointments_of(absence.deputy, firm.until)) == 2


@pytest.mark.parametrize("unit", [place for place in UNITS if place.phone], ids=lambda place: str(place.code))
def test_offices_have_telephones_of_valid_form(unit: object) -> None:
    phone = unit.phone  # type: ignore[attr-defined]
    assert re.fullmatch(r"0\d{2,3}-\d{4} \d{4}", phone)
    assert normal_phone(phone).startswith("+86")
