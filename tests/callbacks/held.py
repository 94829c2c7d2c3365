"""What the tests of a call's work share: instants, a script with one question of each kind, outcome codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from callbacks.calls.models import Call, OutcomeCode

MORNING = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)  # Wednesday 10:00 in Shanghai
NIGHT = dt.datetime(2026, 11, 25, 19, 0, tzinfo=dt.UTC)  # Thursday 03:00
QUESTIONS: dict[str, Any] = {
    "questions": [
        {"code": "opening", "kind": "statement", "text": "您好，我是{branch}的{agent}，本次通话将被录音。"},
        {
            "code": "own_wish",
            "kind": "yes_no",
            "text": "这笔操作是您本人办理的吗？",
            "topic": "staff_operated",
            "required_by_regulation": True,
            "critical": {"answers": ["no"]},
        },
        {"code": "satisfied", "kind": "scale", "text": "请您对我们的服务打分，1 到 5 分。", "weight": 1},
        {"code": "wish", "kind": "text", "text": "您还有什么需要？", "optional": True},
    ]
}

Given = Callable[..., Call]


def code(name: str) -> OutcomeCode:
    return OutcomeCode.objects.get(code=name)
