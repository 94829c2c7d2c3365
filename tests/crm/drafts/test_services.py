"""Drafts: sealed, their author's alone, one a form and object, written by one open page, gone after a week."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from crm.drafts.models import Draft
from crm.drafts.registry import OutOfReach, draft_kind
from crm.drafts.services import (
    MOST_CHARACTERS,
    DraftElsewhere,
    Kept,
    discard_draft,
    keep_draft,
    sweep,
    take_up,
)
from crm.events.models import Event
from crm.organisation.models import User
from tests.crm.drafts.conftest import KEY, KIND
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AT = dt.datetime(2026, 11, 25, 10, 42, tzinfo=dt.timezone(dt.timedelta(hours=8)))
ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
TEXT = "客户手机改为 13812341234"


def keep(by: User, text: str = TEXT, **given: Any) -> Draft:
    """Keep a draft of KIND: about KEY, written by page ONE at AT, where `given` does not say otherwise."""
    fields = [("text", text), ("wish", "a"), ("wish", "b")]
    where: dict[str, Any] = {"key": KEY, "window": ONE, "at": AT} | given
    return keep_draft(by=by, kind=KIND, fields=fields, **where)


def text_of(by: User, at: dt.datetime = AT, key: str = KEY) -> str | None:
    kept = take_up(by=by, kind=KIND, key=key, at=at)
    return kept.fields.getlist("text")[-1] if kept else None


def test_what_was_typed_comes_back_as_it_was(clerk: User) -> None:
    keep(clerk)
    kept = take_up(by=clerk, kind=KIND, key=KEY, at=AT)
    assert isinstance(kept, Kept)
    assert (kept.fields["text"], kept.fields.getlist("wish"), kept.kept_at, kept.window) == (TEXT, ["a", "b"], AT, ONE)


def test_no_text_lies_in_the_clear(clerk: User) -> None:
    keep(clerk)
    row = Draft.objects.get()
    assert TEXT.encode() not in bytes(row.sealed)
    assert b"13812341234" not in bytes(row.sealed)
    assert TEXT not in str(row)


def test_the_newest_counts_and_there_is_one(clerk: User) -> None:
    for text in ("a", "ab", "abc"):
        keep(clerk, text)
    assert (text_of(clerk), Draft.objects.count()) == ("abc", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(user=clerk, kind=KIND, object_key=KEY, sealed=b"x", window=ONE, kept_at=AT)


def test_a_colleague_has_his_own(clerk: User) -> None:
    colleague = person("counter_clerk")
    keep(clerk)
    assert text_of(colleague) is None
    assert not discard_draft(by=colleague, kind=KIND, key=KEY)
    keep(colleague, "his")
    assert (text_of(clerk), text_of(colleague)) == (TEXT, "his")


def test_a_row_that_was_moved_does_not_open(clerk: User) -> None:
    keep(clerk)
    thief = person("counter_clerk")
    Draft.objects.update(user=thief)
    assert text_of(thief) is None
    assert not Draft.objects.exists()


class TestTwoPages:
    def test_another_page_does_not_write_over_what_it_has_not_seen(self, clerk: User) -> None:
        keep(clerk, "first")
        with pytest.raises(DraftElsewhere, match="open elsewhere"):
            keep(clerk, "second", window=OTHER)
        assert text_of(clerk) == "first"

    def test_one_that_shows_it_goes_on_and_the_first_is_told(self, clerk: User) -> None:
        keep(clerk, "first")
        keep(clerk, "first and more", window=OTHER, seen=ONE)
        with pytest.raises(DraftElsewhere):
            keep(clerk, "from the first", seen=ONE)
        assert text_of(clerk) == "first and more"

    def test_once_saved_a_page_that_still_types_brings_nothing_back(self, clerk: User) -> None:
        keep(clerk, "first")
        assert discard_draft(by=clerk, kind=KIND, key=KEY)
        with pytest.raises(DraftElsewhere, match="saved or its draft discarded"):
            keep(clerk, "late", seen=ONE)
        assert not Draft.objects.exists()


class TestLimits:
    def test_too_long_is_refused_and_what_was_kept_stays(self, clerk: User) -> None:
        keep(clerk, "short")
        with pytest.raises(ValidationError, match="at most 20,000 characters"):
            keep(clerk, "长" * MOST_CHARACTERS)
        assert text_of(clerk) == "short"

    def test_as_long_as_may_be(self, clerk: User) -> None:
        text = "长" * (MOST_CHARACTERS - len("textwishawishb"))
        keep(clerk, text)
        assert text_of(clerk) == text

    def test_gone_after_a_week(self, clerk: User) -> None:
        keep(clerk, "old")
        keep(clerk, "new", key="mine-2", at=AT + dt.timedelta(days=1))
        late = AT + dt.timedelta(days=7, seconds=1)
        assert text_of(clerk, late) is None
        assert sweep(at=late) == 1
        assert (text_of(clerk, late, "mine-2"), sweep(at=late)) == ("new", 0)

    def test_one_that_is_over_is_in_nobodys_way(self, clerk: User) -> None:
        keep(clerk, "old")
        keep(clerk, "new", window=OTHER, at=AT + dt.timedelta(days=8))
        assert text_of(clerk, AT + dt.timedelta(days=8)) == "new"


class TestWho:
    @pytest.mark.parametrize(("kind", "key"), [(KIND, "theirs"), ("nothing", KEY), (KIND, "mine\0")])
    def test_out_of_reach(self, clerk: User, kind: str, key: str) -> None:
        with pytest.raises(OutOfReach):
            keep_draft(by=clerk, kind=kind, key=key, fields=[], window=ONE)
        with pytest.raises(OutOfReach):
            take_up(by=clerk, kind=kind, key=key)

    def test_without_the_permission_of_the_form(self) -> None:
        with pytest.raises(PermissionDenied, match="these roles hold"):
            keep(person("auditor"))
        assert not Draft.objects.exists()

    def test_two_forms_need_two_names(self) -> None:
        with pytest.raises(ValueError, match="two forms"):
            draft_kind(KIND, permission="x", in_scope=lambda user, key: True)


def test_a_draft_is_no_change(clerk: User) -> None:
    keep(clerk)
    discard_draft(by=clerk, kind=KIND, key=KEY)
    assert not Event.objects.exists()
    assert not hasattr(Draft, "pgh_event_models") or not Draft.pgh_event_models
