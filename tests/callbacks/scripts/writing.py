"""Scripts as tests write them: short, and as JSON."""

from __future__ import annotations

from typing import Any

from callbacks.scripts.content import Content, parse

TOPICS = ("identity", "account_changes", "staff_operated", "risks_disclosed", "discretionary_mandate")


def question(code: str, kind: str = "yes_no", **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "text": f"{code}?"} | more


def choice(code: str, *codes: str, kind: str = "single", leads: dict[str, str] | None = None, **more: Any) -> Any:
    """A question with answers; `leads` says which of them lead where."""
    options = [{"code": one, "label": one.upper(), "next": (leads or {}).get(one, "")} for one in codes]
    return question(code, kind, options=options, **more)


def script(*questions: Any) -> dict[str, Any]:
    return {"questions": list(questions)}


def content(*questions: Any) -> Content:
    return parse(script(*questions))


def regulated(*more: Any) -> dict[str, Any]:
    """The shortest script that asks all five topics, with `more` behind."""
    return script(*(question(topic, topic=topic) for topic in TOPICS), *more)
