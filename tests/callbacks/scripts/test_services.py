"""Scripts are written in drafts, one at a time, and published by somebody who wrote none of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from callbacks.plans.models import Plan
from callbacks.scripts.choices import VersionState
from callbacks.scripts.content import Content, ContentError, parse, to_json
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.papers import as_csv, as_json, read_paper
from callbacks.scripts.policies import authors_of, why_not_publish
from callbacks.scripts.selectors import published_version, scripts
from callbacks.scripts.services import (
    DraftConflict,
    content_of,
    describe_script,
    discard_draft,
    new_draft,
    new_script,
    publish_version,
    retire_version,
    save_draft,
)
from crm.audit.selectors import history_of
from crm.organisation.models import User
from tests.callbacks.scripts.writing import choice, content, question, regulated
from tests.factories.calls import PlanFactory
from tests.factories.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AT = dt.datetime(2026, 11, 25, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
WHOLE = parse(regulated())


@pytest.fixture
def writer() -> User:
    return person("sales_trading_hq")


@pytest.fixture
def publisher() -> User:
    return person("compliance")


def begun(by: User, content: Content | None = WHOLE, **fields: Any) -> ScriptVersion:
    given: dict[str, Any] = {"code": "movement", "name": "异动核实", "kinds": ["movement"], "regulated": True} | fields
    return new_script(**given, by=by, content=content, at=AT)


def in_use(by: User, publisher: User, **fields: Any) -> ScriptVersion:
    draft = begun(by, **fields)
    return publish_version(version=draft, revision=draft.revision, by=publisher, at=AT)


def test_a_script_begins_with_a_draft(writer: User) -> None:
    draft = begun(writer, content=None, kinds=["dormant", "movement"])
    assert (draft.number, draft.state, draft.made_by, draft.made_at) == (1, VersionState.DRAFT, writer, AT)
    assert content_of(draft).questions == ()
    assert draft.script.kinds == ["movement", "dormant"], "in the order of urgency"
    assert history_of(draft.script)[0].by == f"{writer.name} ({writer.staff_no})"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"code": "New Script"}, "small letters"),
        ({"code": "new"}, "small letters"),
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 101}, "needs a name"),
        ({"kinds": []}, "for which reasons"),
        ({"kinds": ["weather"]}, "for which reasons"),
    ],
)
def test_what_cannot_be_begun(writer: User, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        begun(writer, **fields)


def test_a_code_is_taken_once(writer: User) -> None:
    begun(writer)
    with pytest.raises(ValidationError, match="already"):
        begun(writer)


class TestDrafts:
    def test_saving_keeps_whatever_is_there(self, writer: User) -> None:
        draft = begun(writer)
        half = content(question("a", text=""))
        saved = save_draft(version=draft, content=half, revision=0, by=writer, note="half done")
        assert (saved.revision, content_of(saved), saved.note) == (1, half, "half done")
        again = save_draft(version=draft, content=half, revision=1, by=writer)
        assert (again.revision, again.note) == (1, "half done"), "nothing changed: nothing is written"

    def test_somebody_else_saved_meanwhile(self, writer: User) -> None:
        draft = begun(writer)
        theirs, mine = content(question("theirs")), content(question("mine"))
        save_draft(version=draft, content=theirs, revision=0, by=person("call_centre_supervisor"))
        with pytest.raises(DraftConflict) as conflict:
            save_draft(version=draft, content=mine, revision=0, by=writer)
        assert content_of(conflict.value.stored) == theirs
        assert conflict.value.stored.revision == 1

    def test_one_draft_at_a_time(self, writer: User, publisher: User) -> None:
        first = in_use(writer, publisher)
        second = new_draft(script=first.script, by=writer, at=AT)
        assert (second.number, content_of(second)) == (2, WHOLE)
        with pytest.raises(ValidationError, match="has a draft already"):
            new_draft(script=first.script, by=writer)
        with pytest.raises(IntegrityError), transaction.atomic():
            ScriptVersion.objects.create(script=first.script, number=3, made_at=AT)

    def test_a_draft_from_an_older_version(self, writer: User, publisher: User) -> None:
        first = in_use(writer, publisher)
        other = parse(regulated(question("more")))
        second = new_draft(script=first.script, content=other, by=writer)
        publish_version(version=second, revision=0, by=publisher)
        assert content_of(new_draft(script=first.script, by=writer)) == other
        discard_draft(version=ScriptVersion.objects.get(number=3), revision=0, by=writer)
        assert content_of(new_draft(script=first.script, content=content_of(first), by=writer)) == WHOLE

    def test_throwing_away_leaves_the_history(self, writer: User, publisher: User) -> None:
        draft = begun(writer)
        with pytest.raises(DraftConflict):
            discard_draft(version=draft, revision=7, by=writer)
        discard_draft(version=draft, revision=0, by=writer)
        assert not ScriptVersion.objects.exists()
        events = ScriptVersion.events.rel.related_model.objects  # type: ignore[attr-defined]
        assert events.filter(pgh_label="delete").get().content == to_json(WHOLE)
        with pytest.raises(ValidationError, match="thrown away"):
            save_draft(version=draft, content=WHOLE, revision=0, by=writer)

    def test_what_is_published_is_neither_saved_nor_thrown_away(self, writer: User, publisher: User) -> None:
        version = in_use(writer, publisher)
        with pytest.raises(ValidationError, match="does not change"):
            save_draft(version=version, content=WHOLE, revision=0, by=writer)
        with pytest.raises(ValidationError, match="never thrown away"):
            discard_draft(version=version, revision=0, by=writer)


class TestPublishing:
    def test_the_version_before_retires(self, writer: User, publisher: User) -> None:
        first = in_use(writer, publisher)
        assert (first.published_by, first.published_at) == (publisher, AT)
        second = new_draft(script=first.script, by=writer)
        publish_version(version=second, revision=0, by=publisher)
        first.refresh_from_db()
        assert first.state == VersionState.RETIRED
        assert content_of(first) == WHOLE, "calls that began with it keep it"
        current = published_version(first.script)
        assert current is not None
        assert current.number == 2

    def test_never_by_who_wrote_some_of_it(self, publisher: User) -> None:
        author, other = person("call_centre_supervisor"), person("sales_trading_hq")
        draft = begun(author, content=None)
        save_draft(version=draft, content=WHOLE, revision=0, by=other)
        assert authors_of(draft) == {author.pk, other.pk}
        both = person("compliance")
        draft.made_by = both
        draft.save()
        assert "yourself" in why_not_publish(draft, both)
        with pytest.raises(PermissionDenied, match="yourself"):
            publish_version(version=draft, revision=1, by=both)
        assert why_not_publish(draft, publisher) == ""

    def test_what_is_wrong_is_not_published(self, writer: User, publisher: User) -> None:
        draft = begun(writer, content=content(*regulated()["questions"][1:]))
        with pytest.raises(ContentError, match="Identity"):
            publish_version(version=draft, revision=0, by=publisher)
        circle = begun(writer, code="other", content=content(question("a", next="b"), question("b", next="a")))
        with pytest.raises(ContentError, match="runs in a circle: a → b → a"):
            publish_version(version=circle, revision=0, by=publisher)

    def test_only_as_it_was_read(self, writer: User, publisher: User) -> None:
        draft = begun(writer)
        save_draft(version=draft, content=parse(regulated(question("more"))), revision=0, by=writer)
        with pytest.raises(DraftConflict):
            publish_version(version=draft, revision=0, by=publisher)

    def test_only_once(self, writer: User, publisher: User) -> None:
        version = in_use(writer, publisher)
        with pytest.raises(ValidationError, match="Only a draft"):
            publish_version(version=version, revision=0, by=person("compliance"))

    def test_the_database_keeps_what_is_published(self, writer: User, publisher: User) -> None:
        version = in_use(writer, publisher)
        with pytest.raises((InternalError, IntegrityError), match="does not change"), transaction.atomic():
            ScriptVersion.objects.filter(pk=version.pk).update(content={"questions": []})

    def test_retired_with_a_reason(self, writer: User, publisher: User) -> None:
        version = in_use(writer, publisher)
        with pytest.raises(ValidationError, match="why"):
            retire_version(version=version, reason=" ", by=publisher)
        assert retire_version(version=version, reason="rules changed", by=publisher).state == VersionState.RETIRED
        assert history_of(version)[0].reason == "rules changed"
        assert published_version(version.script) is None
        with pytest.raises(ValidationError, match="not in use"):
            retire_version(version=version, reason="again", by=publisher)

    def test_not_while_plans_make_calls_with_it(self, writer: User, publisher: User) -> None:
        version = in_use(writer, publisher)
        PlanFactory(name="异动核实", script=version.script)
        PlanFactory(name="旧计划", script=version.script, paused_at=timezone.now())
        with pytest.raises(ValidationError, match=": 异动核实"):
            retire_version(version=version, reason="rules changed", by=publisher)
        with pytest.raises(ValidationError, match="异动核实"):
            describe_script(
                script=version.script,
                name="x",
                kinds=["movement"],
                regulated=version.script.regulated,
                is_active=False,
                by=writer,
            )
        Plan.objects.update(paused_at=timezone.now())
        retire_version(version=version, reason="rules changed", by=publisher)


class TestDescribing:
    def test_name_and_reasons(self, writer: User) -> None:
        script = begun(writer).script
        changed = describe_script(
            script=script, name="  异动  核实 ", kinds=["movement"], regulated=False, is_active=False, by=writer
        )
        assert (changed.name, changed.regulated, changed.is_active) == ("异动 核实", False, False)

    def test_what_is_in_use_stays_regulated(self, writer: User, publisher: User) -> None:
        """Or its conduct questions would be asked by who manages the client."""
        script = in_use(writer, publisher).script
        with pytest.raises(ValidationError, match="Retire it first"):
            describe_script(script=script, name="x", kinds=["movement"], regulated=False, is_active=True, by=writer)


@pytest.mark.parametrize("role", ["callback_clerk", "customer_manager", "auditor", "compliance", "administrator"])
def test_who_may_not_write(writer: User, role: str) -> None:
    draft, by = begun(writer), person(role)
    verbs: list[Any] = [
        lambda: begun(by, code="other"),
        lambda: save_draft(version=draft, content=WHOLE, revision=0, by=by),
        lambda: new_draft(script=draft.script, by=by),
        lambda: discard_draft(version=draft, revision=0, by=by),
        lambda: describe_script(
            script=draft.script, name="x", kinds=["movement"], regulated=True, is_active=True, by=by
        ),
    ]
    for verb in verbs:
        with pytest.raises(PermissionDenied):
            verb()


@pytest.mark.parametrize("role", ["call_centre_supervisor", "sales_trading_hq", "auditor"])
def test_who_may_not_publish(writer: User, publisher: User, role: str) -> None:
    draft = begun(writer)
    with pytest.raises(PermissionDenied):
        publish_version(version=draft, revision=0, by=person(role))
    version = publish_version(version=draft, revision=0, by=publisher)
    with pytest.raises(PermissionDenied):
        retire_version(version=version, reason="x", by=person(role))


class TestFiles:
    def test_out_and_in_again(self, writer: User) -> None:
        draft = begun(writer)
        paper = read_paper(as_json(draft))
        assert (paper.code, paper.name, paper.kinds, paper.regulated) == ("movement", "异动核实", ("movement",), True)
        assert paper.content == WHOLE

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[]", "has these keys"),
            ('{"code": "a"}', "has these keys"),
            ('{"code": 1, "name": "", "kinds": [], "regulated": true, "questions": []}', "are texts"),
            ('{"code": "a", "name": "", "kinds": [1], "regulated": true, "questions": []}', "are texts"),
            ('{"code": "a", "name": "", "kinds": [], "regulated": 1, "questions": []}', "are texts"),
            ('{"code": "a", "name": "", "kinds": [], "regulated": true, "questions": [1]}', "Question 1"),
            ("<html>", "not JSON"),
        ],
    )
    def test_what_is_no_script(self, text: str, words: str) -> None:
        with pytest.raises(ContentError, match=words):
            read_paper(text)

    def test_a_table_to_read(self, writer: User) -> None:
        asked = content(
            choice("who", "self", "other", leads={"other": "end"}, text="=cmd|x"),
            question("sure", critical={"answers": ["no"]}, next="end"),
            question("never", "scale", goto=[{"question": "who", "is": "self", "next": "end"}]),
        )
        lines = as_csv(begun(writer, content=asked)).splitlines()
        assert lines[0].startswith("\ufeffNo.,Code of the question,Kind")
        assert "'=cmd|x" in lines[1], "text, never a formula"
        assert "OTHER → the end" in lines[2]
        assert any("No (critical)" in line and "to the end" in line for line in lines)
        assert "if 1 who was answered “SELF” to the end" in lines[-1]


def test_the_list_in_one_query(writer: User, publisher: User, django_assert_num_queries: Any) -> None:
    in_use(writer, publisher)
    new_draft(script=Script.objects.get(), by=writer)
    begun(writer, code="dormant")
    with django_assert_num_queries(1):
        found = {one.code: (one.published, one.draft, bool(one.content)) for one in scripts()}  # type: ignore[attr-defined]
    assert found == {"dormant": (None, 1, False), "movement": (1, 2, True)}
