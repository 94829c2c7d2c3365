"""Notices, outbox and templates in the browser's terms."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.messaging import services
from crm.messaging.models import Message, MessageTemplate, Notice
from crm.organisation.models import User
from tests.factories.messages import message, template
from tests.factories.people import person

pytestmark = pytest.mark.django_db

GOOD = {
    "code": "risk-due",
    "channel": "sms",
    "name": "测评到期",
    "body": "{name}您好，{branch}提醒您。",
    "is_active": "on",
}


def browser(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def keeper() -> Client:
    return browser(person("operations_centre", is_demo=True))


class TestNotices:
    def test_own_ones_newest_first_and_the_bell_counts(self) -> None:
        me, other = person("customer_manager"), person("customer_manager")
        services.tell(users=[me], key="1", text="The first promise is due", url="/clients/")
        services.tell(users=[me], key="2", text="The second one is overdue", loud=True)
        services.tell(users=[other], key="1", text="Somebody else's")
        page = browser(me).get(reverse("messaging:notices"))
        text = page.content.decode()
        assert text.index("The second one") < text.index("The first promise")
        assert "Somebody else" not in text
        assert page.context["notifications"]["count"] == 2

    def test_opening_one_reads_it_and_leads_on(self) -> None:
        me = person("customer_manager")
        services.tell(users=[me], key="1", text="due", url="/clients/?group=new")
        notice = Notice.objects.get()
        answer = browser(me).post(reverse("messaging:notice", args=[notice.pk]))
        assert (answer.status_code, answer["Location"]) == (302, "/clients/?group=new")
        notice.refresh_from_db()
        assert notice.read_at is not None

    def test_anothers_is_not_found(self) -> None:
        services.tell(users=[person()], key="1", text="due")
        answer = browser(person("customer_manager")).post(reverse("messaging:notice", args=[Notice.objects.get().pk]))
        assert answer.status_code == 404

    def test_all_at_once(self) -> None:
        me = person("customer_manager")
        for number in range(3):
            services.tell(users=[me], key=str(number), text="due")
        browser(me).post(reverse("messaging:read-all"))
        assert not Notice.objects.unread().exists()

    def test_empty(self) -> None:
        assert "No notices" in browser(person()).get(reverse("messaging:notices")).content.decode()

    def test_stranger(self) -> None:
        assert Client().get(reverse("messaging:notices")).status_code == 302

    def test_one_query_for_a_hundred(self, django_assert_max_num_queries: Any) -> None:
        me = person("customer_manager")
        client = browser(me)
        client.get(reverse("messaging:notices"))
        for number in range(60):
            services.tell(users=[me], key=str(number), text="due")
        with django_assert_max_num_queries(8):
            client.get(reverse("messaging:notices"))


class TestOutbox:
    def test_what_became_of_messages_recipients_masked(self) -> None:
        message(to="13912345678", body="Waiting words")
        message(
            to="13787654321", body="Failed words", state="failed", ended_at="2026-11-20T00:00:00Z", error="no number"
        )
        client = keeper()
        text = client.get(reverse("messaging:outbox")).content.decode()
        assert "139****5678" in text
        assert "13912345678" not in text
        assert "no number" in text
        failed = client.get(reverse("messaging:outbox"), {"state": "failed"}).content.decode()
        assert "Failed words" in failed
        assert "Waiting words" not in failed

    def test_a_state_that_is_none(self) -> None:
        assert keeper().get(reverse("messaging:outbox"), {"state": "'"}).status_code == 200

    def test_a_waiting_one_is_withdrawn(self) -> None:
        made = message()
        keeper().post(reverse("messaging:cancel", args=[made.pk]))
        assert Message.objects.get().state == "cancelled"

    @pytest.mark.parametrize("name", ["outbox", "templates", "template-new"])
    def test_forbidden(self, name: str) -> None:
        answer = browser(person("customer_manager")).get(reverse(f"messaging:{name}"))
        assert answer.status_code == 403
        assert "Maintain message templates" in answer.content.decode()


class TestTemplates:
    def test_a_new_one(self) -> None:
        answer = keeper().post(reverse("messaging:template-new"), GOOD)
        assert answer.status_code == 302
        made = MessageTemplate.objects.get(code="risk-due")
        assert made.body == GOOD["body"]
        event: Any = made
        assert event.events.get().pgh_context["staff_no"], "history says who"
        assert "测评到期" in keeper().get(reverse("messaging:templates")).content.decode()

    def test_changed(self) -> None:
        known = template(name="old")
        keeper().post(reverse("messaging:template", args=[known.pk]), GOOD | {"code": known.code, "name": "new"})
        known.refresh_from_db()
        assert (known.name, known.is_active) == ("new", True)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"body": "{balance}元"}, "Nothing fills {balance}"),
            ({"channel": "email"}, "An e-mail needs a subject."),
            ({"code": ""}, "required"),
            ({"body": "字" * 2001}, "2000"),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, wrong: dict[str, str], words: str) -> None:
        answer = keeper().post(reverse("messaging:template-new"), GOOD | wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "测评到期" in answer.content.decode(), "what was typed is still there"
        assert not MessageTemplate.objects.filter(code="risk-due").exists()
