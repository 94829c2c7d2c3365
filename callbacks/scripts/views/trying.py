"""A script tried as an agent would ask it. What is answered travels with the page; nothing is stored."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from callbacks.scripts import pages
from callbacks.scripts.answers import check_answer, in_words, is_critical, score
from callbacks.scripts.document import SCALE, Content, Question, QuestionKind, Topic
from callbacks.scripts.policies import SEE
from callbacks.scripts.services import content_of
from callbacks.scripts.views.reading import crumbs, find_version
from callbacks.scripts.walking import missing, next_question, outlook, path, unasked_topics, walk
from crm.access.guards import requires

BACK, PASS = "back", "pass"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SEE)
def trial(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The next question of a script. POST answers one, passes over it, or goes back to the one before."""
    found = find_version(code, number)
    content = content_of(found)
    answers = _known(content, request.POST.get("answers", ""))
    refusal, sent = "", ""
    if request.POST.get("do") == BACK:
        answers = _without_last(content, answers)
    elif request.method == "POST":
        refusal, sent = _answer(content, answers, request.POST)
    context = {
        "version": found,
        "script": found.script,
        "refusal": refusal,
        "sent": sent,
        "crumbs": [*crumbs(found.script)],
        **_shown(content, answers),
    }
    return render(request, "callbacks/scripts/try.html", context, status=422 if refusal else 200)


def _shown(content: Content, answers: dict[str, Any]) -> dict[str, Any]:
    question = next_question(content, answers)
    way = path(content, answers)
    unasked = unasked_topics(content, answers)
    return {
        "line": pages.line_of(content, question.code) if question else None,
        "choices": _choices(question) if question else [],
        "place": len(answers) + 1,
        "length": len(outlook(content, answers)),
        "said": [_said(one, answers[one.code]) for one in way if one.code in answers],
        "answers": json.dumps(answers, ensure_ascii=False),
        "ending": walk(content, answers).ending,
        "missing": missing(content, answers),
        "topics": [(Topic(topic).label, topic not in unasked) for topic in content.topics],
        "score": score(content, answers),
    }


def _choices(question: Question) -> list[tuple[str, str, bool]]:
    """The answers to press a key for: value, words, whether critical."""
    values = question.values or (("read",) if question.kind == QuestionKind.STATEMENT else ())
    if question.kind == QuestionKind.STATEMENT:
        return []
    kept: dict[str, Any] = {value: int(value) if question.kind == QuestionKind.SCALE else value for value in SCALE}
    return [(value, in_words(question, value), is_critical(question, kept.get(value, value))) for value in values]


def _said(question: Question, value: Any) -> tuple[str, str, bool]:
    return question.text, in_words(question, value), is_critical(question, value)


def _answer(content: Content, answers: dict[str, Any], sent: QueryDict) -> tuple[str, str]:
    """Take the answer to the question that is next into `answers`; why not, in words, and what was sent."""
    question = next_question(content, answers)
    if question is None or sent.get("question") != question.code:
        return "", ""
    several = question.kind == QuestionKind.MULTIPLE
    value: Any = sent.getlist("answer") if several else sent.get("answer", "")
    if sent.get("do") == PASS:
        value = None
    try:
        answers[question.code] = check_answer(question, value)
    except ValidationError as refusal:
        return " ".join(refusal.messages), "" if several else str(value)
    return "", ""


def _known(content: Content, text: str) -> dict[str, Any]:
    """The answers that came with the page, as far as they are answers to questions on the way, in its order."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = {}
    answers: dict[str, Any] = {}
    while isinstance(given, dict) and (question := next_question(content, answers)) is not None:
        if question.code not in given:
            break
        try:
            answers[question.code] = check_answer(question, given[question.code])
        except ValidationError:
            break
    return answers


def _without_last(content: Content, answers: dict[str, Any]) -> dict[str, Any]:
    answered = [question.code for question in path(content, answers) if question.code in answers]
    return {code: answers[code] for code in answered[:-1]}
