"""Scripts from JSON and back. What does not have the form of a script at all is refused here, drafts too.

What a draft may still lack (texts, answers, where it leads) is told by `checking.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from callbacks.scripts.document import (
    CHOICES,
    END,
    STOP,
    Content,
    ContentError,
    Critical,
    Fault,
    Option,
    Question,
    QuestionKind,
    Rule,
    Topic,
)

CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_QUESTIONS, MOST_OPTIONS, MOST_RULES = 60, 20, 20
LONGEST = {"text": 2000, "help": 1000, "label": 200}
LARGEST = Decimal(10) ** 15
MOST_BYTES = 500_000
KEYS = frozenset(Question.__dataclass_fields__)
OPTION_KEYS = frozenset(Option.__dataclass_fields__)
RULE_KEYS = frozenset({"question", "is", "in", "next"})
CRITICAL_KEYS = frozenset(Critical.__dataclass_fields__)


def parse(data: Any) -> Content:
    """A script out of JSON that is read already. Raises ContentError with every question that cannot be read."""
    if not isinstance(data, Mapping) or set(data) != {"questions"} or not isinstance(data["questions"], list):
        raise ContentError(Fault("", "", _("A script is an object with a list “questions”, and nothing else.")))
    given = data["questions"]
    if len(given) > MOST_QUESTIONS:
        words = _("A script has at most %(most)s questions.") % {"most": MOST_QUESTIONS}
        raise ContentError(Fault("", "", words))
    found: list[Question] = []
    faults: list[Fault] = []
    for place, one in enumerate(given, 1):
        try:
            found.append(_Reader(place, one).question())
        except ContentError as error:
            faults += error.faults
    faults += _twice(found)
    if faults:
        raise ContentError(*faults)
    return Content((tuple(found),))


def parse_text(text: str) -> Content:
    """A script out of a JSON text. Raises ContentError."""
    return parse(load(text))


def load(text: str) -> Any:
    """What a JSON text says. Raises ContentError for one that is too large or no JSON."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise ContentError(Fault("", "", _("This is too large for a script.")))
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        where = getattr(error, "lineno", 1)
        raise ContentError(Fault("", "", _("This is not JSON: line %(line)s.") % {"line": where})) from error


def to_json(content: Content) -> dict[str, Any]:
    """The script as JSON, without what is at its default; `parse` reads back the same."""
    return {"questions": [_of_question(question) for question in content.questions]}


def is_code(code: object) -> bool:
    return isinstance(code, str) and CODE.fullmatch(code) is not None and code not in (END, STOP)


def _twice(questions: Iterable[Question]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for question in questions:
        if question.code in seen:
            words = _("Two questions have the code %(code)s.") % {"code": question.code}
            faults.append(Fault(question.code, "code", words))
        seen.add(question.code)
    return faults


class _Reader:
    """Reads one question; what is wrong is said with its place in the list, and at its code where it has one."""

    def __init__(self, place: int, given: Any) -> None:
        self.place, self.code = place, ""
        self.given: Mapping[str, Any] = given if isinstance(given, Mapping) else self.fail("", _("it is no object"))
        code = self.given.get("code")
        if not isinstance(code, str) or not is_code(code):
            words = _("its code must be made of small letters, digits and underscores, and be neither “end” nor “stop”")
            self.fail("code", words)
        self.code = code

    def fail(self, name: str, words: str) -> NoReturn:
        where = self.code or str(self.place)
        said = _("Question %(question)s cannot be read: %(why)s.") % {"question": where, "why": words}
        raise ContentError(Fault(self.code, name, said))

    def question(self) -> Question:
        self.only(self.given, KEYS, "")
        kind = self.given.get("kind")
        if kind not in QuestionKind.values:
            self.fail("kind", _("there is no kind %(kind)s") % {"kind": kind})
        options = tuple(self.option(one) for one in self.list_of(self.given, "options", MOST_OPTIONS))
        if options and kind not in CHOICES:
            self.fail("options", _("a question of this kind has no answers to choose from"))
        if len({option.code for option in options}) < len(options):
            self.fail("options", _("two of its answers have the same code"))
        topic = self.text(self.given, "topic")
        if topic and topic not in Topic.values:
            self.fail("topic", _("there is no topic %(topic)s") % {"topic": topic})
        return Question(
            code=self.code,
            kind=str(kind),
            text=self.text(self.given, "text"),
            help=self.text(self.given, "help"),
            options=options,
            topic=topic,
            required_by_regulation=self.flag(self.given, "required_by_regulation"),
            optional=self.flag(self.given, "optional"),
            critical=self.critical(),
            weight=self.figure(self.given, "weight"),
            goto=self.goto(),
            next=self.target(self.given),
        )

    def option(self, given: Any) -> Option:
        self.only(given, OPTION_KEYS, "options")
        code = given.get("code")
        if not is_code(code):
            self.fail("options", _("the code of an answer must be made of small letters, digits and underscores"))
        return Option(
            code=str(code),
            label=self.text(given, "label"),
            critical=self.flag(given, "critical"),
            points=self.figure(given, "points"),
            next=self.target(given),
        )

    def goto(self) -> tuple[Rule, ...]:
        """Branches by its own answer count first, whatever the order in the file."""
        rules = [self.rule(one) for one in self.list_of(self.given, "goto", MOST_RULES)]
        return tuple(sorted(rules, key=lambda rule: rule.question != self.code))

    def rule(self, given: Any) -> Rule:
        self.only(given, RULE_KEYS, "goto")
        among = [given["is"]] if "is" in given else given.get("in", [])
        if not isinstance(among, list) or not all(isinstance(value, str | int) for value in among):
            self.fail("goto", _("the answers of a branch are a list"))
        question = given.get("question", self.code)
        if not is_code(question):
            self.fail("goto", _("a branch names a question by its code"))
        return Rule(str(question), tuple(str(value) for value in among), self.target(given))

    def critical(self) -> Critical:
        given = self.given.get("critical", {})
        self.only(given, CRITICAL_KEYS, "critical")
        answers = self.list_of(given, "answers", 2)
        if not all(isinstance(answer, str) for answer in answers):
            self.fail("critical", _("critical answers are a list of words"))
        return Critical(tuple(answers), self.bound(given, "at_least"), self.bound(given, "at_most"))

    def bound(self, given: Mapping[str, Any], name: str) -> Decimal | None:
        value = given.get(name)
        if value is None:
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if isinstance(value, bool) or not found.is_finite() or abs(found) > LARGEST:
            self.fail("critical", _("a bound is a number"))
        return found

    def only(self, given: Any, keys: frozenset[str], name: str) -> None:
        if not isinstance(given, Mapping):
            self.fail(name, _("“%(key)s” has the wrong form") % {"key": name})
        unknown = sorted(set(map(str, given)) - keys)
        if unknown:
            self.fail(name, _("“%(key)s” is unknown") % {"key": unknown[0][:40]})

    def list_of(self, given: Mapping[str, Any], name: str, most: int) -> Sequence[Any]:
        value = given.get(name, [])
        if not isinstance(value, list):
            self.fail(name, _("“%(key)s” has the wrong form") % {"key": name})
        if len(value) > most:
            self.fail(name, _("“%(key)s” has at most %(most)s lines") % {"key": name, "most": most})
        return value

    def text(self, given: Mapping[str, Any], name: str) -> str:
        value, most = given.get(name, ""), LONGEST.get(name, 50)
        if not isinstance(value, str) or "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            self.fail(name, _("“%(key)s” has the wrong form") % {"key": name})
        if len(value) > most:
            self.fail(name, _("“%(key)s” has at most %(most)s characters") % {"key": name, "most": most})
        return value.strip()

    def flag(self, given: Mapping[str, Any], name: str) -> bool:
        value = given.get(name, False)
        if not isinstance(value, bool):
            self.fail(name, _("“%(key)s” has the wrong form") % {"key": name})
        return value

    def figure(self, given: Mapping[str, Any], name: str) -> int:
        value = given.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
            self.fail(name, _("“%(key)s” is a whole number from 0 to 100") % {"key": name})
        return value

    def target(self, given: Mapping[str, Any]) -> str:
        value = self.text(given, "next")
        if value and value not in (END, STOP) and not is_code(value):
            self.fail("next", _("what follows is named by its code, “end” or “stop”"))
        return value


def _of_question(question: Question) -> dict[str, Any]:
    flat = ("code", "kind", "text", "help", "topic", "required_by_regulation", "optional", "weight", "next")
    found: dict[str, Any] = {name: getattr(question, name) for name in flat}
    found["options"] = [_filled(vars(option)) for option in question.options]
    found["critical"] = _of_critical(question.critical)
    found["goto"] = [_of_rule(rule, question) for rule in question.goto]
    order = [name for name in Question.__dataclass_fields__ if name in found]
    return _filled({name: found[name] for name in order})


def _of_rule(rule: Rule, at: Question) -> dict[str, Any]:
    about = {} if rule.question == at.code else {"question": rule.question}
    return {**about, "in": list(rule.among), "next": rule.next}


def _of_critical(critical: Critical) -> dict[str, Any]:
    bounds = {"at_least": critical.at_least, "at_most": critical.at_most}
    found = {name: _number(bound) for name, bound in bounds.items() if bound is not None}
    return found | ({"answers": list(critical.answers)} if critical.answers else {})


def _number(bound: Decimal) -> int | str:
    """A whole number stays one; the rest is text, which loses no digit."""
    return int(bound) if bound == bound.to_integral_value() else f"{bound:f}"


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", 0, False, [], {})}
