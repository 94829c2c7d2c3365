"""What the party says, saved question by question as it is given."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from callbacks.calls.choices import ConcernKind
from callbacks.calls.concerns import raise_concern
from callbacks.calls.freezing import content_of, script_of, version_asking
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Answer, Call
from callbacks.scripts.content import Question, check_answer, in_words, is_critical
from crm.audit.services import acting
from crm.organisation.models import User

LONGEST_NOTE = 2000


class AnsweredMeanwhile(Exception):
    """The question has another answer than the one that was shown, from a second window; `stored` is what holds."""

    def __init__(self, stored: Answer) -> None:
        super().__init__(f"{stored.question} of call {stored.call_id} is at revision {stored.revision}")
        self.stored = stored


@transaction.atomic
def save_answer(
    *,
    call: Call,
    question: str,
    value: Any,
    note: str = "",
    revision: int = 0,
    by: User,
    at: dt.datetime | None = None,
) -> Answer:
    """Keep the answer to one question of the call's script. `revision` is that of what was shown (0: nothing).

    The same once more is kept once. A critical answer raises a concern in the same transaction; taking it back later
    does not take that away. Raises NotHeld for who does not hold the call, ValidationError in words for a question
    that is not in its script or a value that is no answer, AnsweredMeanwhile where another answer holds; nothing is
    written then.
    """
    at = at or timezone.now()
    locked = locked_for(call, by)
    asked = script_of(locked).by_code.get(question) if locked.script_versions else None
    if asked is None:
        words = _("This question is not in the script of this call. It keeps the version it began with.")
        raise ValidationError(words, code="question")
    clean, note = check_answer(asked, value), note.strip()[:LONGEST_NOTE]
    stored = Answer.objects.filter(call=locked, question=question).first()
    if stored is not None and (stored.value, stored.note) == (clean, note):
        return stored
    if (stored.revision if stored else 0) != revision:
        raise AnsweredMeanwhile(stored or Answer(call=locked, question=question, revision=0))
    return _keep(locked, asked, stored, clean, note, by, at)


def _keep(
    call: Call, asked: Question, stored: Answer | None, value: Any, note: str, by: User, at: dt.datetime
) -> Answer:
    answer = stored or Answer(call=call, question=asked.code, revision=0)
    answer.version_id = version_asking(call.script_versions, asked.code)
    answer.value, answer.note, answer.critical = value, note, is_critical(asked, value)
    answer.at, answer.by, answer.revision = at, by, answer.revision + 1
    with acting(by=by):
        answer.save()
    if answer.critical:
        said = in_words(asked, value)
        raise_concern(
            kind=ConcernKind.CRITICAL_ANSWER,
            call=call,
            question=asked.code,
            asked=asked.text,
            said=f"{said} ({note})" if note else said,
            by=by,
            at=at,
        )
    return answer


def answers_of(call: Call) -> dict[str, Answer]:
    """What has been answered, by the question's code: one query."""
    return {one.question: one for one in Answer.objects.filter(call=call)}


def question_of(answer: Answer) -> Question:
    """The question as it was asked."""
    return content_of(answer.version_id).by_code[answer.question]
