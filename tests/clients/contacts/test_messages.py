"""Messages to clients: to whom, in which words, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from clients.contacts.messages import MessageRefused, form_of_address, send_to_client
from clients.contacts.models import ServiceRecord
from clients.profile.models import Client
from crm.messaging.models import Message
from crm.messaging.services import PURPOSE
from crm.organisation.models import User
from crm.personal.seal import unseal
from tests.factories.clients import WishesFactory, client
from tests.factories.messages import template
from tests.factories.people import person
from tests.factories.units import branch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def manager() -> User:
    return person("customer_manager", unit=branch(name="深圳红岭路营业部", phone="0755-8000 0000"), name="周敏")


@pytest.fixture
def zhang(manager: User) -> Client:
    unit = manager.appointments.get().unit
    return client(
        name="张伟", gender="male", branch=unit, manager=manager, phone="13800138000", email="zhang@example.com"
    )


def send(zhang: Client, manager: User, key: str = "k", **fields: Any) -> Message:
    return send_to_client(client=zhang, template=template(**fields), by=manager, key=key)


class TestWords:
    def test_filled_for_the_client(self, zhang: Client, manager: User) -> None:
        message = send(zhang, manager)
        assert message.body == "张先生您好，深圳红岭路营业部提醒您：风险测评即将到期。周敏 0755-8000 0000"
        assert message.values["name"] == "张先生"

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"name": "李娜", "gender": "female"}, "李女士"),
            ({"name": "单志诚", "gender": ""}, "单客户"),
            ({"name": "深圳市某某有限公司", "kind": "institution"}, "深圳市某某有限公司"),
        ],
    )
    def test_form_of_address(self, fields: dict[str, str], words: str) -> None:
        assert form_of_address(client(**fields)) == words

    def test_as_the_client_wishes(self, zhang: Client) -> None:
        WishesFactory(client=zhang, preferred_name="张老师")
        assert form_of_address(zhang) == "张老师"

    def test_a_name_that_looks_like_a_placeholder_stays_as_it_is(self, zhang: Client, manager: User) -> None:
        WishesFactory(client=zhang, preferred_name="{staff}")
        assert send(zhang, manager, body="{name}").body == "{staff}"


class TestWhere:
    @pytest.mark.parametrize(("channel", "to"), [("sms", "13800138000"), ("email", "zhang@example.com")])
    def test_to_the_address_on_file(self, zhang: Client, manager: User, channel: str, to: str) -> None:
        message = send(zhang, manager, channel=channel, subject="x")
        assert unseal(message.to_sealed, purpose=PURPOSE) == to
        assert (message.about, message.about_no) == ("client", zhang.client_no)

    def test_a_record_of_it_is_kept(self, zhang: Client, manager: User) -> None:
        message = send(zhang, manager)
        record = ServiceRecord.objects.get(client=zhang)
        assert (record.source, record.channel, record.direction, record.staff) == (
            "message",
            "sms",
            "outbound",
            manager,
        )
        assert record.summary == message.body

    def test_a_double_click_sends_once(self, zhang: Client, manager: User) -> None:
        words = template()
        for _click in range(2):
            send_to_client(client=zhang, template=words, by=manager, key="form-1")
        assert Message.objects.count() == ServiceRecord.objects.count() == 1


class TestWhenNot:
    @pytest.mark.parametrize(
        ("opt_outs", "fields", "words"),
        [
            (["sms"], {}, "by this channel"),
            (["email"], {"channel": "email", "subject": "x"}, "by this channel"),
            (["marketing"], {"is_marketing": True}, "marketing"),
            ([], {"is_active": False}, "not in use"),
        ],
    )
    def test_refused_in_words(
        self, zhang: Client, manager: User, opt_outs: list[str], fields: dict[str, Any], words: str
    ) -> None:
        WishesFactory(client=zhang, opt_outs=opt_outs)
        with pytest.raises(MessageRefused, match=words):
            send(zhang, manager, **fields)
        assert not Message.objects.exists()
        assert not ServiceRecord.objects.exists()

    def test_service_messages_go_to_who_wants_no_marketing(self, zhang: Client, manager: User) -> None:
        WishesFactory(client=zhang, opt_outs=["marketing", "email"])
        assert send(zhang, manager).pk

    def test_no_address(self, manager: User) -> None:
        with pytest.raises(MessageRefused, match="no phone"):
            send(client(phone="", manager=manager), manager)

    def test_without_the_permission(self, zhang: Client) -> None:
        with pytest.raises(PermissionDenied):
            send(zhang, person("counter_clerk", unit=zhang.branch))


class TestPage:
    def browser(self, user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        browser.cookies["django_language"] = "en"
        return browser

    def test_choose_read_send(self, zhang: Client, manager: User) -> None:
        words, url = template(), reverse("clients:message", args=[zhang.client_no])
        browser = self.browser(manager)
        page = browser.get(url)
        assert "张先生您好，深圳红岭路营业部提醒您" in page.content.decode(), "as the client would read it"
        answer = browser.post(url, {"template": words.pk, "key": page.context["key"]})
        assert answer.status_code == 302
        assert "138****8000" in browser.get(answer["Location"]).content.decode()
        assert Message.objects.get().by == manager

    def test_what_the_client_does_not_want_cannot_be_chosen(self, zhang: Client, manager: User) -> None:
        WishesFactory(client=zhang, opt_outs=["sms"])
        words, url = template(), reverse("clients:message", args=[zhang.client_no])
        browser = self.browser(manager)
        assert "does not want messages by this channel" in browser.get(url).content.decode()
        assert browser.post(url, {"template": words.pk, "key": "k"}).status_code == 422
        assert not Message.objects.exists()

    @pytest.mark.parametrize("chosen", ["", "x", "0", "9" * 30, "-1"])
    def test_a_template_that_is_none(self, zhang: Client, manager: User, chosen: str) -> None:
        url = reverse("clients:message", args=[zhang.client_no])
        assert self.browser(manager).post(url, {"template": chosen}).status_code == 404

    def test_whose_client_he_is_not(self, zhang: Client) -> None:
        url = reverse("clients:message", args=[zhang.client_no])
        assert self.browser(person("customer_manager")).get(url).status_code == 404
        assert self.browser(person("counter_clerk", unit=zhang.branch)).get(url).status_code == 403
        assert Browser().get(url).status_code == 302
