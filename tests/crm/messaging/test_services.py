"""The outbox: asked for once, sent once, whatever happens in between; and the notices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from crm.messaging import services
from crm.messaging.gateways import GatewayAway, GatewayRefused, Receipt
from crm.messaging.models import Message, Notice
from crm.messaging.selectors import unread_count
from tests.crm.messaging.conftest import Post
from tests.factories.messages import message
from tests.factories.people import person

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


def put(key: str = "k", **fields: Any) -> Message:
    return services.enqueue(**{"key": key, "channel": "sms", "to": "13800138000", "body": "您好", "by": None} | fields)


class TestEnqueue:
    def test_the_same_key_is_one_message(self, post: Post) -> None:
        assert put().pk == put(body="anders").pk
        assert Message.objects.get().body == "您好"

    def test_the_recipient_is_sealed_and_shown_masked(self) -> None:
        made = put()
        assert b"13800138000" not in bytes(made.to_sealed)
        assert made.to_masked == "138****8000"

    def test_it_is_nudged_after_commit_and_once(
        self, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        told: list[tuple[str, tuple[Any, ...]]] = []
        monkeypatch.setattr("crm.events.nudge.nudge", lambda task, *args, queue=None: told.append((task, args)))
        with django_capture_on_commit_callbacks(execute=True):
            made = put()
            put()
        assert told == [(services.SEND, (made.pk,))]

    def test_what_is_taken_back_sends_nothing(self, post: Post) -> None:
        with transaction.atomic():
            put()
            transaction.set_rollback(True)
        assert services.sweep() == 0
        assert post.took == []


class TestSend:
    def test_sent_once(self, post: Post) -> None:
        made = put()
        assert services.send(made.pk)
        assert not services.send(made.pk)
        made.refresh_from_db()
        assert (made.state, made.gateway, made.gateway_no, made.tries) == ("sent", "post", "no-1", 1)
        assert [(one.to, one.body, one.key) for one in post.took] == [("13800138000", "您好", "k")]

    def test_refused_for_good_and_its_author_is_told(self, post: Post) -> None:
        author = person("customer_manager")
        made = put(by=author)
        post.trouble = GatewayRefused("no such number")
        assert services.send(made.pk)
        made.refresh_from_db()
        assert (made.state, made.error) == ("failed", "no such number")
        notice = Notice.objects.get(user=author)
        assert "138****8000" in notice.text
        assert "13800138000" not in notice.text

    def test_a_gateway_that_is_away_is_tried_again_with_growing_pauses(self, post: Post) -> None:
        made, at = put(), timezone.now()
        post.trouble = GatewayAway("no route")
        pauses = []
        for _try in range(3):
            assert not services.send(made.pk, at=at)
            made.refresh_from_db()
            assert made.state == "queued"
            pauses.append(made.next_try_at - at)
            at = made.next_try_at
        assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE]
        assert not services.send(made.pk, at=at - MINUTE), "not before its time"
        post.trouble = None
        assert services.sweep(at=at) == 1
        made.refresh_from_db()
        assert (made.state, made.tries, made.error) == ("sent", 4, "")

    def test_it_gives_up_in_the_end(self, post: Post) -> None:
        made = message(tries=services.MOST_TRIES - 1)
        post.trouble = GatewayAway("no route")
        assert services.send(made.pk)
        made.refresh_from_db()
        assert (made.state, made.error) == ("failed", "no route")

    def test_nobody_else_takes_it_while_it_is_being_sent(self, post: Post) -> None:
        now = timezone.now()
        made = message(state="sending", next_try_at=now + services.LEASE)
        assert not services.send(made.pk, at=now + MINUTE)
        assert post.took == []


class TestKilledInBetween:
    """A worker died after it marked the message: did the gateway get it?"""

    def settled(self, post: Post) -> Message:
        now = timezone.now()
        made = message(state="sending", tries=1, next_try_at=now - MINUTE)
        services.sweep(at=now)
        made.refresh_from_db()
        return made

    def test_the_gateway_has_it(self, post: Post) -> None:
        post.knows = Receipt("no-7")
        assert (self.settled(post).state, post.took) == ("sent", [])

    def test_the_gateway_does_not_have_it(self, post: Post) -> None:
        assert self.settled(post).state == "sent"
        assert len(post.took) == 1

    def test_the_gateway_cannot_tell(self, post: Post) -> None:
        """Rather not sent, and said so, than sent twice."""
        post.knows = GatewayAway("no book")
        made = self.settled(post)
        assert (made.state, post.took) == ("failed", [])
        assert "not known" in made.error

    def test_a_first_try_asks_nothing(self, post: Post) -> None:
        services.send(put().pk)
        assert post.asked == 0


class TestCancel:
    def test_waiting(self, post: Post) -> None:
        made = put()
        assert services.cancel(made)
        assert services.sweep() == 0
        assert post.took == []

    def test_too_late(self, post: Post) -> None:
        made = put()
        services.send(made.pk)
        assert not services.cancel(made)
        made.refresh_from_db()
        assert made.state == "sent"


class TestNotices:
    def test_the_same_thing_is_told_once(self) -> None:
        one, other = person(), person()
        services.tell(users=[one, other], key="promise:1", text="due")
        services.tell(users=[one], key="promise:1", text="due again")
        services.tell(users=[one], key="promise:2", text="due")
        assert Notice.objects.filter(user=one).count() == 2
        assert Notice.objects.get(user=other).text == "due"

    def test_a_long_text_is_cut(self) -> None:
        services.tell(users=[person()], key="k", text="长" * 400)
        assert len(Notice.objects.get().text) == services.NOTICE_LENGTH

    def test_the_bell_counts_what_is_unread(self, django_capture_on_commit_callbacks: Any) -> None:
        me = person()
        with django_capture_on_commit_callbacks(execute=True):
            for number in range(3):
                services.tell(users=[me], key=str(number), text="x")
        assert unread_count(me) == 3
        with django_capture_on_commit_callbacks(execute=True):
            services.mark_read(Notice.objects.visible_to(me)[0], by=me)
        assert unread_count(me) == 2
        with django_capture_on_commit_callbacks(execute=True):
            assert services.mark_all_read(by=me) == 2
        assert unread_count(me) == 0

    def test_nobody_reads_anothers(self) -> None:
        me, other = person(), person()
        services.tell(users=[other], key="k", text="x")
        services.mark_read(Notice.objects.get(), by=me)
        assert Notice.objects.get().read_at is None
        assert services.mark_all_read(by=me) == 0


def test_words_that_are_called_are_in_the_language_of_who_reads_them() -> None:
    english, usual = person(language="en"), person()

    services.tell(users=[english, usual], key="spoken", text=lambda: gettext("Say why."))

    told = dict(Notice.objects.filter(key="spoken").values_list("user", "text"))
    assert told == {english.pk: "Say why.", usual.pk: "请说明原因。"}
