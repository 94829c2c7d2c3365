"""The pages of scripts: for whom, what they say, what they do, what they cost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from callbacks.scripts.choices import VersionState
from callbacks.scripts.content import Content, parse
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.services import content_of, new_draft, new_script, publish_version, save_draft
from callbacks.scripts.shipping import lay_shipped
from crm.organisation.models import User
from tests.callbacks.scripts.writing import choice, content, question, regulated
from tests.clients.desk.helpers import browser_of, get
from tests.factories.people import person

pytestmark = pytest.mark.django_db

WHOLE = parse(regulated(choice("own", "self", "staff", "unsure"), question("why", "text", optional=True)))
HERE = "/scripts/movement/1/"


@pytest.fixture
def writer() -> User:
    return person("sales_trading_hq")


@pytest.fixture
def publisher() -> User:
    return person("compliance")


@pytest.fixture
def draft(writer: User) -> ScriptVersion:
    return new_script(code="movement", name="异动核实", kinds=["movement"], regulated=True, by=writer, content=WHOLE)


@pytest.fixture
def published(draft: ScriptVersion, publisher: User) -> ScriptVersion:
    return publish_version(version=draft, revision=0, by=publisher)


def post(user: User, url: str, htmx: bool = False, **fields: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return browser_of(user).post(
        url, {name.replace("__", "-"): value for name, value in fields.items()}, headers=headers
    )


def words_of(response: Any) -> str:
    return str(response.content.decode())


class TestDoors:
    READ = ("/scripts/", "/scripts/movement/", HERE, f"{HERE}try/", f"{HERE}as/json/", f"{HERE}as/csv/")
    WRITE = ("/scripts/new/", "/scripts/import/", f"{HERE}edit/")
    POSTS = ("describe/", "draft/", "1/save/", "1/discard/", "1/publish/", "1/retire/")

    @pytest.mark.parametrize("url", [*READ, *WRITE])
    def test_strangers_sign_in_first(self, draft: ScriptVersion, url: str) -> None:
        assert get(None, url)["Location"].startswith("/account/login/")

    @pytest.mark.parametrize("url", [*READ, *WRITE])
    def test_without_the_permission(self, draft: ScriptVersion, url: str) -> None:
        response = get(person("counter_clerk"), url)
        assert response.status_code == 403
        assert response.context["reason"]

    @pytest.mark.parametrize("role", ["callback_clerk", "call_centre_agent", "customer_manager", "auditor"])
    def test_who_reads_does_not_write(self, draft: ScriptVersion, role: str) -> None:
        by = person(role)
        assert {get(by, url).status_code for url in self.READ} == {200}
        assert {get(by, url).status_code for url in self.WRITE} == {403}
        assert {post(by, f"/scripts/movement/{verb}").status_code for verb in self.POSTS} == {403}

    def test_what_is_not_there(self, draft: ScriptVersion, writer: User) -> None:
        for url in ("/scripts/nothing/", "/scripts/movement/9/", f"/scripts/movement/{2**40}/", f"{HERE}as/pdf/"):
            assert get(writer, url).status_code == 404, url
        assert get(writer, "/scripts/movement/compare/?from=x&to=99").status_code == 200


class TestReading:
    def test_the_list_says_what_is_in_use_and_what_is_asked(
        self, writer: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        lay_shipped()
        new_draft(script=Script.objects.get(code="core"), by=writer)
        browser = browser_of(writer)
        browser.get("/scripts/")
        with django_assert_max_num_queries(9):
            response = browser.get("/scripts/")
        rows = {row.code: (row.published, row.draft, topics) for row, _kinds, topics in response.context["rows"]}
        assert len(rows) == 15
        assert rows["core"][:2] == (1, 2)
        assert all(topic.asked for topic in rows["movement"][2])
        assert not any(topic.asked for topic in rows["core_courtesy"][2][1:])

    def test_filters(self, writer: User) -> None:
        lay_shipped()
        new_draft(script=Script.objects.get(code="core"), by=writer)
        for query, codes in (
            ("kind=dormant", ["dormant", "dormant_courtesy"]),
            ("kind=core&regulated=yes", ["core"]),
            ("state=draft", ["core"]),
            ("state=none", []),
        ):
            rows = get(writer, f"/scripts/?{query}").context["rows"]
            assert [row.code for row, _kinds, _topics in rows] == codes, query

    def test_a_version_reads_as_it_is_said(self, writer: User) -> None:
        lay_shipped()
        page = words_of(get(writer, HERE, language="zh-hans"))
        assert '<mark class="slot">公司名称</mark>' in page
        assert "不是本人办理，事先不知情" in page
        assert "全权委托" in page

    def test_texts_are_escaped(self, draft: ScriptVersion, writer: User) -> None:
        asked = question("a", text="<script>{name}</script>\n& {evil}", help="<b>")
        save_draft(version=draft, content=content(asked), revision=0, by=writer)
        page = words_of(get(writer, HERE))
        assert "&lt;script&gt;<mark" in page
        assert "<br>&amp; {evil}" in page
        assert "<b>" not in page

    def test_files(self, draft: ScriptVersion, writer: User) -> None:
        as_json = get(writer, f"{HERE}as/json/")
        assert as_json["Content-Disposition"] == 'attachment; filename="movement-1.json"'
        assert json.loads(as_json.content)["code"] == "movement"
        assert get(writer, f"{HERE}as/csv/").content.startswith(b"\xef\xbb\xbf")

    def test_two_versions_side_by_side(self, published: ScriptVersion, writer: User) -> None:
        second = new_draft(script=published.script, by=writer)
        save_draft(version=second, content=parse(regulated(question("more"))), revision=0, by=writer)
        changes = get(writer, "/scripts/movement/compare/").context["changes"]
        assert [(change.code, change.what) for change in changes] == [
            ("more", "added"),
            ("own", "removed"),
            ("why", "removed"),
        ]
        assert get(writer, "/scripts/movement/compare/?from=2&to=2").context["changes"] == []

    def test_the_history_folds_savings_of_one_person(self, draft: ScriptVersion, writer: User) -> None:
        for number in range(3):
            save_draft(version=draft, content=content(question(f"q{number}")), revision=number, by=writer)
        changes = get(writer, "/scripts/movement/").context["changes"]
        assert sorted(change.kind for change in changes) == ["Changed", "Created", "Created"]
        assert all("questions" not in field.after for change in changes for field in change.fields)


class TestWriting:
    NEW: dict[str, Any] = {"name": "新话术", "code": "fresh", "kinds": ["assigned", "coverage"], "regulated": "on"}

    def test_begun(self, writer: User) -> None:
        response = post(writer, "/scripts/new/", **self.NEW)
        assert response["Location"] == "/scripts/fresh/1/edit/"
        assert Script.objects.get().kinds == ["coverage", "assigned"]
        again = post(writer, "/scripts/new/", **self.NEW)
        assert again.status_code == 422
        assert "already" in str(again.context["form"].errors["code"])

    def test_described(self, draft: ScriptVersion, writer: User) -> None:
        fields: dict[str, Any] = {"name": "异动", "kinds": ["movement"], "is_active": "on"}
        assert post(writer, "/scripts/movement/describe/", **fields).status_code == 302
        script = Script.objects.get()
        assert (script.name, script.regulated) == ("异动", False)
        refused = post(writer, "/scripts/movement/describe/", name="", kinds=["movement"])
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["name"])

    def test_taken_in_as_a_draft(self, published: ScriptVersion, writer: User) -> None:
        text = get(writer, f"{HERE}as/json/").content
        file = SimpleUploadedFile("x.json", text.replace(b"why?", b"how?"))
        response = post(writer, "/scripts/import/", file=file)
        assert response["Location"] == "/scripts/movement/2/"
        assert content_of(ScriptVersion.objects.get(number=2)).by_code["why"].text == "how?"
        again = post(writer, "/scripts/import/", text=text.decode())
        assert (again.status_code, "has a draft already" in words_of(again)) == (422, True)
        fresh = post(writer, "/scripts/import/", text=text.decode().replace('"movement"', '"dormant"'))
        assert fresh["Location"] == "/scripts/dormant/1/"

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({}, "Choose a file"),
            ({"text": "<html>"}, "not JSON"),
            ({"file": SimpleUploadedFile("x.json", b"\xff\xfe\x00")}, "not JSON"),
            ({"file": SimpleUploadedFile("x.json", b"[" + b" " * 600_000)}, "too large"),
            ({"text": '{"code": "a", "name": "", "kinds": [], "regulated": true, "questions": [1, 2]}'}, "Question 2"),
        ],
    )
    def test_what_cannot_be_taken_in(self, writer: User, fields: Any, words: str) -> None:
        response = post(writer, "/scripts/import/", **fields)
        assert response.status_code == 422
        assert words in words_of(response)

    def test_draft_from_a_version_and_thrown_away(self, published: ScriptVersion, writer: User) -> None:
        begin: dict[str, Any] = {"from": "1"}
        assert post(writer, "/scripts/movement/draft/", **begin)["Location"] == "/scripts/movement/2/edit/"
        assert post(writer, "/scripts/movement/draft/")["Location"] == "/scripts/movement/"
        assert post(writer, "/scripts/movement/2/discard/", revision="5")["Location"] == "/scripts/movement/2/"
        assert post(writer, "/scripts/movement/2/discard/", revision="0")["Location"] == "/scripts/movement/"
        assert ScriptVersion.objects.count() == 1


class TestPublishing:
    def test_by_somebody_else(self, draft: ScriptVersion, writer: User, publisher: User) -> None:
        assert f"{HERE}publish/" not in words_of(get(writer, HERE))
        assert post(publisher, f"{HERE}publish/", revision="0").status_code == 302
        draft.refresh_from_db()
        assert (draft.state, draft.published_by) == (VersionState.PUBLISHED, publisher)

    def test_not_by_an_author(self, draft: ScriptVersion, publisher: User) -> None:
        ScriptVersion.objects.update(made_by=publisher)
        assert "yourself" in get(publisher, HERE).context["refusal"]
        response = post(publisher, f"{HERE}publish/", revision="0")
        assert (response.status_code, "yourself" in response.context["reason"]) == (403, True)

    def test_not_with_something_wrong(self, draft: ScriptVersion, writer: User, publisher: User) -> None:
        save_draft(version=draft, content=content(question("a", next="a")), revision=0, by=writer)
        assert get(publisher, HERE).context["fault_count"] > 0
        page = browser_of(publisher).post(f"{HERE}publish/", {"revision": "1"}, follow=True)
        assert "runs in a circle: a → a" in words_of(page)
        draft.refresh_from_db()
        assert draft.state == VersionState.DRAFT

    def test_retired_with_a_reason(self, published: ScriptVersion, publisher: User) -> None:
        assert post(publisher, f"{HERE}retire/", reason="").status_code == 422
        assert post(publisher, f"{HERE}retire/", reason="规则调整").status_code == 302
        published.refresh_from_db()
        assert published.state == VersionState.RETIRED


class TestEditor:
    URL = f"{HERE}save/"

    def typed(self, **fields: Any) -> dict[str, Any]:
        return {"was": "why", "code": "why", "kind": "text", "text": "why?", "revision": "0"} | fields

    def stored(self) -> Content:
        return content_of(ScriptVersion.objects.get())

    def test_it_opens_at_a_question(self, draft: ScriptVersion, writer: User) -> None:
        response = get(writer, f"{HERE}edit/?at=own")
        assert response.context["question"].code == "own"
        assert 'name="option-2-label"' in words_of(response)
        more = get(writer, f"{HERE}edit/?at=own&more=option")
        assert 'name="option-3-label"' in words_of(more)
        assert get(writer, f"{HERE}edit/?at=nothing").context["question"].code == "identity"

    def test_a_published_version_is_not_edited(self, published: ScriptVersion, writer: User) -> None:
        assert get(writer, f"{HERE}edit/")["Location"] == HERE
        assert post(writer, self.URL, **self.typed()).status_code == 422

    def test_kept_while_somebody_types(self, draft: ScriptVersion, writer: User) -> None:
        response = post(writer, self.URL, htmx=True, **self.typed(text="为什么？", note="问得更细"))
        page = words_of(response)
        assert response.status_code == 200
        assert '<input type="hidden" name="revision" id="revision" value="1" hx-swap-oob="true">' in page
        assert 'id="question-form"' not in page, "the form stays as it is"
        assert self.stored().by_code["why"].text == "为什么？"
        assert ScriptVersion.objects.get().note == "问得更细"

    def test_without_scripts_the_page_comes_again(self, draft: ScriptVersion, writer: User) -> None:
        response = post(writer, self.URL, **self.typed(do="open:own"))
        assert response["Location"] == f"{HERE}edit/?at=own"

    @pytest.mark.parametrize(
        ("do", "codes", "opens"),
        [
            ("add", ["own", "why", "question_1"], "question_1"),
            ("remove", ["own"], "identity"),
            ("up", ["why", "own"], "why"),
            ("down", ["own", "why"], "why"),
        ],
    )
    def test_the_list_of_questions(
        self, draft: ScriptVersion, writer: User, do: str, codes: list[str], opens: str
    ) -> None:
        response = post(writer, self.URL, htmx=True, **self.typed(do=do))
        assert [one.code for one in self.stored().questions][5:] == codes
        assert response.context["question"].code == opens
        assert 'id="question-form"' in words_of(response)

    def test_an_answer_is_added_and_dropped(self, draft: ScriptVersion, writer: User) -> None:
        fields: dict[str, Any] = {"was": "own", "code": "own", "kind": "single", "text": "own?", "option": ["0", "1"]}
        fields |= {"option-0-code": "self", "option-0-label": "SELF", "option-1-label": "没有"}
        post(writer, self.URL, revision="0", do="option", **fields)
        assert [one.code for one in self.stored().by_code["own"].options] == ["self", "answer_1"]
        post(writer, self.URL, revision="1", do="drop:0", **fields)
        assert [one.label for one in self.stored().by_code["own"].options] == ["没有"]

    def test_the_first_question_of_an_empty_draft(self, writer: User) -> None:
        new_script(code="movement", name="x", kinds=["movement"], regulated=False, by=writer)
        assert get(writer, f"{HERE}edit/").status_code == 200
        post(writer, self.URL, revision="0", do="add")
        assert [one.code for one in self.stored().questions] == ["question_1"]

    @pytest.mark.parametrize("htmx", [True, False])
    def test_what_cannot_be_kept_is_said(self, draft: ScriptVersion, writer: User, htmx: bool) -> None:
        response = post(writer, self.URL, htmx=htmx, **self.typed(code="own"))
        assert "Two questions have the code own." in words_of(response)
        assert response.status_code == (200 if htmx else 422)
        assert ScriptVersion.objects.get().revision == 0

    def test_a_new_code_is_followed(self, draft: ScriptVersion, writer: User) -> None:
        response = post(writer, self.URL, htmx=True, **self.typed(code="reason_why"))
        assert '<input type="hidden" name="was" id="was" value="reason_why" hx-swap-oob="true">' in words_of(response)
        assert "why" not in self.stored().by_code

    @pytest.mark.parametrize("htmx", [True, False])
    def test_somebody_else_saved_meanwhile(self, draft: ScriptVersion, writer: User, htmx: bool) -> None:
        """Both are shown; one's own is kept in the question alone, everything else as the other saved it."""
        theirs = parse(regulated(question("why", "text", text="theirs?"), question("more")))
        save_draft(version=draft, content=theirs, revision=0, by=person("call_centre_supervisor"))
        response = post(writer, self.URL, htmx=htmx, **self.typed(text="mine?"))
        page = words_of(response)
        assert "theirs?" in page
        assert 'value="mine?"' in page
        assert response.status_code == (200 if htmx else 409)
        assert self.stored() == theirs
        post(writer, self.URL, **self.typed(text="mine?", do="mine:1"))
        assert [(one.code, one.text) for one in self.stored().questions][5:] == [("why", "mine?"), ("more", "more?")]

    def test_mine_is_no_blank_cheque(self, draft: ScriptVersion, writer: User) -> None:
        save_draft(version=draft, content=content(question("x")), revision=0, by=writer)
        save_draft(version=draft, content=content(question("y")), revision=1, by=writer)
        response = post(writer, self.URL, **self.typed(do="mine:1"))
        assert response.status_code == 409

    def test_garbage(self, draft: ScriptVersion, writer: User) -> None:
        for fields in ({"revision": "x"}, {"do": "mine:" + "9" * 30}, {"kind": ""}, {"was": "\0", "code": "\0"}):
            assert post(writer, self.URL, **self.typed(**fields)).status_code in (409, 422), fields


class TestTrial:
    URL = f"{HERE}try/"

    def answer(self, user: User, response: Any, **fields: Any) -> Any:
        line = response.context["line"]
        code = line.question.code if line else ""
        return post(user, self.URL, **{"answers": response.context["answers"], "question": code} | fields)

    def test_walked_to_the_end_and_nothing_is_stored(self, draft: ScriptVersion, writer: User) -> None:
        before = list(ScriptVersion.objects.values())
        response = get(writer, self.URL)
        for _topic in range(5):
            response = self.answer(writer, response, answer="yes")
        assert [asked for _label, asked in response.context["topics"]] == [True] * 5
        response = self.answer(writer, response, answer="staff")
        assert response.context["line"].question.code == "why"
        response = self.answer(writer, response, do="pass")
        assert (response.context["line"], response.context["ending"]) == (None, "end")
        assert len(response.context["said"]) == 7
        assert list(ScriptVersion.objects.values()) == before

    def test_a_key_for_each_answer(self, writer: User, draft: ScriptVersion) -> None:
        assert 'value="no" data-key="2"' in words_of(get(writer, self.URL))

    def test_back_and_what_is_no_answer(self, draft: ScriptVersion, writer: User) -> None:
        response = self.answer(writer, get(writer, self.URL), answer="yes")
        wrong = self.answer(writer, response, answer="maybe")
        assert (wrong.status_code, "no answer to choose" in wrong.context["refusal"]) == (422, True)
        assert self.answer(writer, wrong, do="back").context["said"] == []

    def test_answers_that_came_bent_are_left_out(self, draft: ScriptVersion, writer: User) -> None:
        for bent in ("[]", "{", "[" * 9999, '{"identity": "maybe"}', '{"why": "x"}'):
            response = post(writer, self.URL, answers=bent, question="identity", answer="yes")
            assert len(response.context["said"]) == 1, bent

    def test_a_script_that_breaks_off(self, draft: ScriptVersion, writer: User) -> None:
        asked = question("a", "scale", weight=1, critical={"at_most": 2}, next="stop")
        save_draft(version=draft, content=content(asked), revision=0, by=writer)
        response = self.answer(writer, get(writer, self.URL), answer="2")
        assert (response.context["ending"], str(response.context["score"])) == ("stop", "25.0")
        assert response.context["said"][0][2], "critical"
