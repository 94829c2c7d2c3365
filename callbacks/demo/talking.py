"""What is said in one call of the demo firm: answers along the way of its script, the note, the finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.calls.choices import Finding, ReasonKind
from callbacks.calls.models import Call
from callbacks.demo import words
from callbacks.demo.chance import pick, share, weighted
from callbacks.scripts.content import READ, STOP, Content, Question, QuestionKind, check_answer, walk

DETAIL = "conduct_detail"  # where the client says more of what he answered
QUIET = ("movement_why",)  # answered against the usual, and nothing is wrong with it
FINDS = {"other_broker": Finding.OTHER_BROKER, "dissatisfied": Finding.DISSATISFIED}


@dataclass(frozen=True)
class Talk:
    """What came of a complete call: answers by question, those that are critical with the client's words, the note,
    and for a movement the finding with a remark."""

    answers: Mapping[str, Any]
    critical: Mapping[str, str]
    note: str
    finding: str = ""
    remark: str = ""


def talk(call: Call, content: Content, told: Counter[str], reported: int) -> Talk:
    """A complete call, from the first question to the last. `told`: complete calls of each reason before this one;
    `reported`: movements that went to risk control before."""
    nth = told[call.kind] + 1
    given, said = words.CRITICAL.get((call.kind, nth), ({}, ""))
    about = _moved(call)
    finding, remark = "", ""
    if about:
        given, said, finding, remark = _reported(about, nth, reported)
    answers = _answers(call, content, given, said)
    critical = {code: said for code in given if code in answers and code not in QUIET}
    note = said or _note(call, answers, about)
    return Talk(answers, critical, note, finding or (_finding(answers) if about else ""), remark)


def _moved(call: Call) -> str:
    """What moved, of a call about a movement."""
    reason = call.reasons.filter(kind=ReasonKind.MOVEMENT).order_by("id").first()
    return str(reason.facts.get("kind", "")) if reason else ""


def _reported(about: str, nth: int, reported: int) -> tuple[dict[str, str], str, str, str]:
    """What is answered against the usual in a check of a movement, and what the check comes to where it is told on."""
    usual = {} if about == "outflow" else {"movement_why": "trading_plan"}
    if reported < len(words.REPORTS):
        kind, since, given, said, finding, remark = words.REPORTS[reported]
        if about == kind and nth >= since:
            return usual | given, said, finding, remark
    return usual, "", "", ""


def _answers(call: Call, content: Content, given: Mapping[str, str], said: str) -> dict[str, Any]:
    """The way is walked as far as it is certain, its questions answered, and walked anew."""
    answers: dict[str, Any] = {}
    while True:
        way = walk(content, answers)
        new = [step.question for step in way.steps if step.question.code not in answers]
        if not new:
            return answers
        for question in new:
            reply = given.get(question.code) or _reply(call, question, answers)
            if question.code == DETAIL:
                reply = said
            answers[question.code] = check_answer(question, reply)


def _reply(call: Call, question: Question, answers: Mapping[str, Any]) -> Any:
    seed = (_number(call), call.kind, question.code)
    if question.code in words.REPLIES:
        return weighted(words.REPLIES[question.code], *seed)
    if question.kind == QuestionKind.STATEMENT:
        return READ
    if question.kind == QuestionKind.YES_NO:
        return "no" if "yes" in question.critical.answers else "yes"
    if question.kind == QuestionKind.SCALE:
        return weighted(words.REPLIES["satisfaction"], *seed)
    if question.kind == QuestionKind.TEXT:
        return _in_own_words(question, answers, seed)
    usual = [one.code for one in question.options if not one.critical and one.next != STOP]
    return usual[0]


def _in_own_words(question: Question, answers: Mapping[str, Any], seed: tuple[object, ...]) -> str | None:
    """Most pass over what they may pass over."""
    if question.code == "satisfaction_why":
        return pick(words.WHY_NOT_SATISFIED, *seed)
    return None if question.optional else "无"


def _number(call: Call) -> str:
    return call.client.client_no if call.client else call.contact_key


def _note(call: Call, answers: Mapping[str, Any], about: str) -> str:
    if about == "alert":
        return pick(words.ALERT_NOTES, _number(call))
    by_answer = words.NOTES.get(call.kind, {})
    answer = answers.get(words.RESTS_ON.get(call.kind, ""))
    chosen = answer[0] if isinstance(answer, list) and answer else answer or ""
    return pick(by_answer.get(str(chosen), words.USUAL_NOTE), call.kind, _number(call))


def _finding(answers: Mapping[str, Any]) -> str:
    if answers.get("movement_own") != "own":
        return Finding.NOT_CLEARED
    return FINDS.get(answers.get("movement_why", ""), Finding.OWN_DECISION)


# How a try ends, each with its weight. Of the third try nobody hears anything but that it was the last.
SILENT_AGAIN = 0.35  # who did not answer once often does not answer twice
ENDINGS: tuple[tuple[str, int], ...] = (
    ("complete", 76), ("no_answer", 8), ("switched_off", 3), ("reschedule", 4), ("not_client", 2), ("refused", 4),
    ("objection", 2), ("wrong_number", 1),
)  # fmt: skip


def ending_of(call: Call) -> str:
    """With which code this try of the call ends."""
    seed = (_number(call), call.kind, call.tries, call.last_tried_at)
    if call.tries and share("again", *seed) < SILENT_AGAIN:
        return "no_answer"
    return weighted(ENDINGS, *seed)
