"""The pages of corrections: proposed beside the field, decided in clear and logged, out of scope not found."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.corrections.models import Correction
from clients.profile.models import Client
from crm.audit.models import ReadLog
from crm.drafts.models import Draft
from crm.organisation.models import Unit, User
from tests.clients.desk.helpers import browser_of, get
from tests.factories.care import approved, correction
from tests.factories.clients import client
from tests.factories.people import person

CLEAR = "13900001111"


def post(user: User | None, url: str, **data: str) -> Any:
    return browser_of(user).post(url, data)


def page(user: User, url: str) -> str:
    answer = get(user, url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def test_the_profile_offers_it_beside_each_field(one: Client, clerk: User) -> None:
    text = page(clerk, "/clients/C1/profile/")
    fields = ("name", "phone", "email", "address", "id_type", "id_number", "birth_date", "gender", "contact_person")
    for field in fields:
        assert f"/clients/C1/correct/{field}/" in text, field


def test_the_profile_says_what_waits_to_whoever_may_see(one: Client, clerk: User) -> None:
    made = correction(one, clerk, CLEAR)
    for reader in (clerk, person("auditor")):
        text = page(reader, "/clients/C1/profile/")
        assert "correction waiting: 139****1111" in text
        assert f"/corrections/{made.pk}/" in text
        assert CLEAR not in text
    assert "/clients/C1/correct/phone/" not in page(clerk, "/clients/C1/profile/")


def test_who_may_not_propose_is_not_asked_to(one: Client) -> None:
    assert "/correct/" not in page(person("auditor"), "/clients/C1/profile/")


def test_proposing(one: Client, clerk: User) -> None:
    answer = post(clerk, "/clients/C1/correct/phone/", value="139 0000 1111", reason="客户来电告知")
    made = Correction.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/corrections/{made.pk}/")
    again = post(clerk, "/clients/C1/correct/phone/", value="13900001111", reason="客户来电告知")
    assert again["Location"] == answer["Location"]


@pytest.mark.parametrize(
    ("value", "reason", "says"),
    [("12345", "x", "no phone number"), ("13812345678", "x", "has already"), ("13900001111", "", "required")],
)
def test_what_was_typed_stays_when_it_is_refused(one: Client, clerk: User, value: str, reason: str, says: str) -> None:
    answer = post(clerk, "/clients/C1/correct/phone/", value=value, reason=reason)
    text = answer.content.decode()
    assert (answer.status_code, says in text, value in text) == (200, True, True)
    assert not Correction.objects.exists()


@pytest.mark.parametrize("field", ["name", "gender", "birth_date", "email", "id_number"])
def test_every_field_has_a_form(one: Client, clerk: User, field: str) -> None:
    text = page(clerk, f"/clients/C1/correct/{field}/")
    assert 'name="value"' in text
    assert "13812345678" not in text


def test_who_may_not_propose(one: Client, here: Unit) -> None:
    url = "/clients/C1/correct/phone/"
    assert get(None, url).status_code == 302
    assert post(person("auditor"), url, value=CLEAR, reason="x").status_code == 403
    assert get(person("counter_clerk"), url).status_code == 404
    assert get(person("customer_manager", here), url).status_code == 404
    assert get(person("counter_clerk", here), "/clients/C1/correct/manager/").status_code == 404


def test_who_decides_compares_in_clear_and_it_is_logged(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk, CLEAR)
    answer = get(director, f"/corrections/{made.pk}/")
    text = answer.content.decode()
    assert CLEAR in text
    assert "13812345678" in text
    assert "no-store" in answer["Cache-Control"]
    log = ReadLog.objects.get(kind="reveal")
    assert (log.by, log.subject_no, log.fields, log.reason) == (director, "C1", "phone", "correction")


def test_everybody_else_sees_it_masked_and_nothing_is_logged(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk, CLEAR)
    own = correction(one, director, "zhang@example.com", "email")
    for reader, pk in ((clerk, made.pk), (person("auditor"), made.pk), (director, own.pk)):
        text = page(reader, f"/corrections/{pk}/")
        assert CLEAR not in text
        assert "zhang@example.com" not in text
    assert not ReadLog.objects.filter(kind="reveal").exists()


def test_once_decided_it_is_masked_again(one: Client, clerk: User, director: User) -> None:
    made = approved(one, clerk, director)
    assert CLEAR not in page(director, f"/corrections/{made.pk}/")


def test_deciding(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk)
    missing = post(director, f"/corrections/{made.pk}/decide/", verb="reject", note="")
    assert "Say why" in missing.content.decode()
    done = post(director, f"/corrections/{made.pk}/decide/", verb="approve", note="")
    assert done["Location"] == "/corrections/"
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("approved", director)
    late = browser_of(director).post(f"/corrections/{made.pk}/decide/", {"verb": "reject", "note": "x"}, follow=True)
    assert "no longer waiting" in late.content.decode()
    assert Correction.objects.get().state == "approved"


def test_who_may_not_decide(one: Client, clerk: User, director: User) -> None:
    url = f"/corrections/{correction(one, clerk).pk}/decide/"
    own = f"/corrections/{correction(one, director, 'a@b.cn', 'email').pk}/decide/"
    assert post(None, url, verb="approve").status_code == 302
    assert post(clerk, url, verb="approve").status_code == 403
    assert post(director, own, verb="approve").status_code == 403
    assert post(person("operations_director"), url, verb="approve").status_code == 404
    assert get(person("operations_director"), url.removesuffix("decide/")).status_code == 404
    assert get(director, url).status_code == 405
    assert set(Correction.objects.values_list("state", flat=True)) == {"proposed"}


def test_taking_back(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk)
    assert "withdraw" in page(clerk, f"/corrections/{made.pk}/")
    assert "withdraw" not in page(director, f"/corrections/{made.pk}/")
    assert post(director, f"/corrections/{made.pk}/withdraw/").status_code == 403
    assert post(clerk, f"/corrections/{made.pk}/withdraw/").status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_who_decides_sees_his_queue_first(one: Client, clerk: User, director: User) -> None:
    waits, own = correction(one, clerk), correction(one, director, "a@b.cn", "email")
    done = approved(one, clerk, director, "上海市静安区1号", "address")
    first = page(director, "/corrections/")
    everything = page(director, "/corrections/?state=any")
    for made, there in ((waits, True), (own, False), (done, False)):
        assert (f'"/corrections/{made.pk}/"' in first) is there
        assert f'"/corrections/{made.pk}/"' in everything
    assert f'"/corrections/{done.pk}/"' in page(director, "/corrections/?state=approved")
    assert f'"/corrections/{own.pk}/"' in page(clerk, "/corrections/")


def test_the_list_is_of_one_s_scope_and_flat(one: Client, clerk: User, director: User) -> None:
    made = correction(one, clerk)
    assert f"/corrections/{made.pk}/" not in page(person("operations_director"), "/corrections/")
    browser, counts = browser_of(director), []
    browser.get("/corrections/")
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get("/corrections/")
        counts.append(len(queries))
        for other in range(8):
            correction(client(client_no=f"D{number}{other}", branch=one.branch), clerk)
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def test_files_for_the_core_system(one: Client, clerk: User, director: User, centre: User) -> None:
    approved(one, clerk, director)
    assert "Write the files" in page(centre, "/outgoing/")
    assert post(centre, "/outgoing/send/").status_code == 302
    (file,) = {made.file for made in Correction.objects.select_related("file")}
    assert file is not None
    assert file.file_name in page(centre, "/outgoing/")

    answer = get(centre, f"/outgoing/{file.pk}/")
    assert b"".join(answer.streaming_content) == b"client_no,phone\r\nC1,13900001111\r\n"
    log = ReadLog.objects.get(kind="download")
    assert (log.by, log.subject, log.subject_no, log.rows) == (centre, "outgoing_file", file.file_name, 1)
    post(centre, "/outgoing/send/")
    assert Correction.objects.get().file == file


def test_whom_the_files_are_not_for(one: Client, clerk: User, director: User, centre: User) -> None:
    approved(one, clerk, director)
    post(centre, "/outgoing/send/")
    file = Correction.objects.get().file
    assert file is not None
    for url in ("/outgoing/", f"/outgoing/{file.pk}/"):
        assert get(None, url).status_code == 302
        assert get(director, url).status_code == 403
        assert get(person("auditor"), url).status_code == 403
    assert post(director, "/outgoing/send/").status_code == 403
    assert get(centre, "/outgoing/999999/").status_code == 404


class TestDraft:
    """What was typed and not proposed stands in the form again; one draft a field."""

    URL, KEPT = "/clients/C1/correct/phone/", "/drafts/correction/C1.phone/"

    def keep(self, by: User, url: str = KEPT) -> Any:
        fields = [["value", CLEAR], ["reason", "客户来电告知"]]
        sent = {"window": str(uuid.UUID(int=1)), "seen": "", "fields": fields}
        return browser_of(by).post(url, json.dumps(sent), content_type="application/json")

    def test_it_stands_in_its_own_form_and_goes_once_proposed(self, one: Client, clerk: User) -> None:
        assert self.keep(clerk).status_code == 200
        text = page(clerk, self.URL)
        assert f'value="{CLEAR}"' in text
        assert "客户来电告知" in text
        assert "Here again is what you had typed" in text
        assert CLEAR not in page(clerk, "/clients/C1/correct/email/")
        assert post(clerk, self.URL, value=CLEAR, reason="客户来电告知").status_code == 302
        assert not Draft.objects.exists()

    def test_no_draft_of_no_field_nor_of_a_client_elsewhere(self, one: Client, clerk: User) -> None:
        for url in ("/drafts/correction/C1.shoe/", "/drafts/correction/C1/", "/drafts/correction/C2.phone/"):
            assert self.keep(clerk, url).status_code == 404
        assert self.keep(person("counter_clerk")).status_code == 404
        assert self.keep(person("auditor")).status_code == 403
        assert not Draft.objects.exists()
