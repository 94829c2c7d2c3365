"""The scripts that come with the product: complete, without fault, laid once, never over what the firm changed."""

from __future__ import annotations

import datetime as dt

import pytest

from callbacks.scripts.choices import ReasonKind, VersionState
from callbacks.scripts.content import END, faults_of, joined, path, unasked_topics, walk
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.papers import Paper
from callbacks.scripts.services import content_of
from callbacks.scripts.shipping import lay_shipped, papers

AT = dt.datetime(2026, 11, 25, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PAPERS = {paper.code: paper for paper in papers()}
COURTESY = {"core_courtesy", "dormant_courtesy", "at_risk_courtesy", "complaint_answered"}


def test_every_reason_has_one() -> None:
    assert {kind for paper in PAPERS.values() for kind in paper.kinds} == set(ReasonKind.values)
    assert {code for code, paper in PAPERS.items() if not paper.regulated} == COURTESY
    assert set(PAPERS) == set(ReasonKind.values) | COURTESY


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_it_can_be_published_and_is_said_as_every_call_is(paper: Paper) -> None:
    assert faults_of(paper.content, regulated=paper.regulated) == ()
    codes = [question.code for question in paper.content.questions]
    assert codes[:2] == ["opening", "person"]
    assert codes[-1] == "closing"
    texts = {question.code: question.text for question in paper.content.questions}
    assert "录音" in texts["recording"]
    assert "{firm}" in texts["opening"]
    assert sum("{reason}" in text for text in texts.values()) == 1


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_what_regulation_requires_is_marked(paper: Paper) -> None:
    for question in paper.content.questions:
        assert question.required_by_regulation or not question.topic, question.code


@pytest.mark.parametrize("paper", [one for one in PAPERS.values() if one.regulated], ids=lambda paper: paper.code)
def test_every_conduct_question_has_critical_answers_and_asks_for_the_circumstances(paper: Paper) -> None:
    by_code = paper.content.by_code
    for code in ("account_changes", "staff_operated", "risks_disclosed", "promised_return", "discretionary_mandate"):
        critical = [option.code for option in by_code[code].options if option.critical]
        assert critical, code
        for answer in critical:
            given = {one.code: one.options[0].code for one in by_code.values() if one.options} | {code: answer}
            assert "conduct_detail" in [one.code for one in path(paper.content, given | others(paper))], (code, answer)


def others(paper: Paper) -> dict[str, object]:
    """Plain answers to what has no options."""
    plain: dict[str, object] = {"yes_no": "no", "scale": 5}
    return {one.code: plain.get(one.kind, "x") for one in paper.content.questions if not one.options}


def test_the_same_code_asks_for_the_same_answers() -> None:
    known: dict[str, tuple[str, set[str]]] = {}
    for paper in PAPERS.values():
        for question in paper.content.questions:
            values = set(question.values) - {"by_complaint"}
            assert known.setdefault(question.code, (question.kind, values)) == (question.kind, values), question.code


def test_two_of_them_on_one_call_ask_conduct_once() -> None:
    both = joined([PAPERS["movement"].content, PAPERS["risk_expiry"].content])
    answers = {one.code: one.options[0].code for one in both.questions if one.options}
    answers |= {one.code: "no" for one in both.questions if one.kind == "yes_no"}
    way = walk(both, answers)
    codes = [step.question.code for step in way.steps]
    assert way.ending == END
    assert len(codes) == len(set(codes))
    # What both close with, conduct included, comes once, behind what each is about.
    assert codes.index("movement_purpose") < codes.index("risk_expiry_purpose") < codes.index("staff_operated")
    assert codes[-2:] == ["anything_else", "closing"]
    assert unasked_topics(both, answers) == ()


@pytest.mark.django_db
def test_laid_once_as_published_by_nobody() -> None:
    laid = lay_shipped(at=AT)
    assert sorted(laid) == sorted(PAPERS)
    assert lay_shipped(at=AT) == []
    version = ScriptVersion.objects.get(script__code="movement")
    assert (version.number, version.state, version.published_at) == (1, VersionState.PUBLISHED, AT)
    assert (version.made_by, version.published_by) == (None, None)
    assert content_of(version) == PAPERS["movement"].content


@pytest.mark.django_db
def test_what_the_firm_changed_stays() -> None:
    Script.objects.create(code="movement", name="本公司异动核实", kinds=["movement"])
    assert "movement" not in lay_shipped(at=AT)
    own = Script.objects.get(code="movement")
    assert (own.name, own.versions.count()) == ("本公司异动核实", 0)
