"""What a script still lacks, question by question: texts, answers, ways that lead nowhere or round in a circle, and
regulated topics that a way to the end leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from callbacks.scripts import ways
from callbacks.scripts.answers import wrong_placeholders
from callbacks.scripts.document import (
    BOUNDED,
    CHOICES,
    DECIDING,
    END,
    NO,
    PLACEHOLDERS,
    SCORED,
    STOP,
    YES,
    Content,
    ContentError,
    Fault,
    Question,
    QuestionKind,
    Topic,
)
from callbacks.scripts.reading import parse
from callbacks.scripts.walking import decides, targets


def checked(data: Any, *, regulated: bool) -> Content:
    """The script out of JSON, fit to be published. Raises ContentError with everything that is wrong."""
    content = parse(data)
    faults = faults_of(content, regulated=regulated)
    if faults:
        raise ContentError(*faults)
    return content


def faults_of(content: Content, *, regulated: bool) -> tuple[Fault, ...]:
    """Everything that keeps a script from being published; empty when nothing does.

    A regulated script must ask all five topics on every way to its end; a talk that is broken off may lack some.
    Another one asks nothing about conduct: it may be used by who manages the client.
    """
    questions = content.questions
    if not questions:
        return (Fault("", "", _("The script has no question yet.")),)
    faults = [fault for question in questions for fault in _of_question(question, content)]
    circle = _circle(questions)
    if circle:
        return (*faults, _circle_fault(circle))
    try:
        found = ways.explore(questions)
    except ways.TooMany as error:
        words = _("The script branches so much that its ways cannot be checked one by one; branch less.")
        return (*faults, Fault(str(error), "goto", words))
    faults += _unreached(questions, found)
    if not found.endings.get(END):
        faults.append(Fault("", "next", _("No way leads to the end of the script.")))
    return (*faults, *(_uncovered(content, found) if regulated else _conduct(content)))


def _of_question(question: Question, content: Content) -> Iterator[Fault]:
    for name, words in [*_texts(question), *_options(question), *_marks(question), *_branches(question, content)]:
        yield Fault(question.code, name, words)


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    if not question.text:
        yield "text", _("What is said or asked is missing.")
    wrong = wrong_placeholders(question.text)
    if wrong:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        yield (
            "text",
            _("Nothing fills %(unknown)s; there are: %(known)s.")
            % {"unknown": pgettext("between words of a list", ", ").join(wrong), "known": known},
        )


def _options(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind not in CHOICES:
        return
    if len(question.options) < 2:
        yield "options", _("Give at least two answers to choose from.")
    if any(not option.label for option in question.options):
        yield "options", _("Every answer needs its words.")
    labels = [option.label for option in question.options if option.label]
    if len(set(labels)) < len(labels):
        yield "options", _("Two answers have the same words.")


def _marks(question: Question) -> Iterator[tuple[str, str]]:
    if question.optional and (question.topic or question.required_by_regulation):
        yield "optional", _("What regulation requires cannot be passed over.")
    if question.optional and decides(question):
        yield "optional", _("A question that decides what follows cannot be passed over.")
    if question.weight and question.kind not in SCORED:
        yield "weight", _("A question of this kind cannot be scored.")
    if question.weight and question.options and not any(option.points for option in question.options):
        yield "options", _("The question is scored: say how many points its answers give.")
    critical = question.critical
    if set(critical.answers) - ({YES, NO} if question.kind == QuestionKind.YES_NO else set()):
        yield "critical", _("Critical by “yes” or “no” is only a question of that kind.")
    if question.kind not in BOUNDED and (critical.at_least is not None or critical.at_most is not None):
        yield "critical", _("Bounds of what is critical belong to a scale or a number.")


def _branches(question: Question, content: Content) -> Iterator[tuple[str, str]]:
    known = {*content.by_code, END, STOP}
    wrong = [target for target in (question.next, *_named(question)) if target and target not in known]
    for target in dict.fromkeys(wrong):
        yield "next", _("It leads to “%(code)s”, which does not exist.") % {"code": target}
    for rule in question.goto:
        asked = content.by_code.get(rule.question)
        if asked is None:
            yield "goto", _("A branch asks for “%(code)s”, which does not exist.") % {"code": rule.question}
        elif asked.kind not in DECIDING or asked.optional:
            yield "goto", _("A branch cannot depend on “%(code)s”: its answer may be anything.") % {"code": asked.code}
        elif not rule.among or set(rule.among) - set(asked.values):
            yield "goto", _("A branch names an answer that “%(code)s” does not have.") % {"code": asked.code}
        if not rule.next:
            yield "goto", _("A branch does not say where it leads.")


def _named(question: Question) -> Iterator[str]:
    yield from (option.next for option in question.options)
    yield from (rule.next for rule in question.goto)


def _circle(questions: tuple[Question, ...]) -> list[str]:
    """The codes of a circle, its first one again at the end; empty without one."""
    by_code = {question.code: question for question in questions}
    done: set[str] = set()
    for start in by_code:
        trail: list[str] = []
        found = _follow(start, by_code, trail, done)
        if found:
            return found
    return []


def _follow(code: str, by_code: dict[str, Question], trail: list[str], done: set[str]) -> list[str]:
    """A circle that begins on the way from `code`; `trail` is the way so far. At most 60 questions deep."""
    if code in trail:
        return [*trail[trail.index(code) :], code]
    if code in done or code not in by_code:
        return []
    trail.append(code)
    for target in targets(tuple(by_code.values()), by_code[code]):
        found = _follow(target, by_code, trail, done)
        if found:
            return found
    trail.pop()
    done.add(code)
    return []


def _circle_fault(circle: list[str]) -> Fault:
    words = _("The script runs in a circle: %(way)s.") % {"way": " → ".join(circle)}
    return Fault(circle[-2], "next", words)


def _unreached(questions: tuple[Question, ...], found: ways.Found) -> Iterator[Fault]:
    for question in questions:
        if question.code not in found.reached:
            yield Fault(question.code, "", _("No way through the script leads to this question."))


def _uncovered(content: Content, found: ways.Found) -> Iterator[Fault]:
    for topic in Topic:
        if topic.value not in content.topics:
            words = _("No question is about “%(topic)s”, which a regulated script must ask.")
            yield Fault("", "topic", words % {"topic": topic.label})
            continue
        trail = next((trail for asked, trail in found.endings.get(END, ()) if topic.value not in asked), None)
        if trail:
            words = _("“%(topic)s” is left out on the way %(way)s.")
            yield Fault("", "topic", words % {"topic": topic.label, "way": _way(trail, content)})


def _conduct(content: Content) -> Iterator[Fault]:
    words = _(
        "Questions about conduct belong into a regulated script: this one may be asked by who manages the client."
    )
    for question in content.questions:
        if question.topic not in ("", Topic.IDENTITY):
            yield Fault(question.code, "topic", words)


def _way(trail: ways.Trail, content: Content) -> str:
    """The way to the end as its questions, with the answer where it decided."""
    said = [f"{code} ({label})" if label else code for code, label in trail]
    shown = [one for place, one in enumerate(said) if place in (0, len(said) - 1) or trail[place][1]]
    joints = [" → " if _adjacent(said, one, other) else " → … → " for one, other in pairwise(shown)]
    return shown[0] + "".join(joint + one for joint, one in zip(joints, shown[1:], strict=True))


def _adjacent(said: list[str], one: str, other: str) -> bool:
    return said.index(other) == said.index(one) + 1
