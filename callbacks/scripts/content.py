"""What other rooms need of a script's content, under one name. Pure: no database, no clock."""

from callbacks.scripts.answers import check_answer, filled, in_words, is_critical, score
from callbacks.scripts.checking import checked, faults_of
from callbacks.scripts.document import (
    END,
    PLACEHOLDERS,
    READ,
    STOP,
    Answers,
    Content,
    ContentError,
    Fault,
    Option,
    Question,
    QuestionKind,
    Topic,
)
from callbacks.scripts.reading import parse, parse_text, to_json
from callbacks.scripts.walking import (
    Step,
    Walk,
    joined,
    missing,
    next_question,
    outlook,
    path,
    unasked_topics,
    walk,
)

__all__ = [
    "END",
    "PLACEHOLDERS",
    "READ",
    "STOP",
    "Answers",
    "Content",
    "ContentError",
    "Fault",
    "Option",
    "Question",
    "QuestionKind",
    "Step",
    "Topic",
    "Walk",
    "check_answer",
    "checked",
    "faults_of",
    "filled",
    "in_words",
    "is_critical",
    "joined",
    "missing",
    "next_question",
    "outlook",
    "parse",
    "parse_text",
    "path",
    "score",
    "to_json",
    "unasked_topics",
    "walk",
]
