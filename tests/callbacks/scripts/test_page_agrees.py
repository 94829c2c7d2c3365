"""The call screen goes through a script by itself while the server is away: both must find the same way
(tests/js/call_walk.test.mjs reads the same cases)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callbacks.scripts.content import Content, missing, outlook, parse, walk

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "js" / "walks.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_way(case: dict[str, Any]) -> None:
    parts = tuple(parse({"questions": questions}).parts[0] for questions in case["parts"])
    content, answers = Content(parts), case["answers"]
    way = walk(content, answers)
    assert [step.question.code for step in way.steps] == case["way"]
    assert way.ending == case["ending"]
    assert [one.code for one in outlook(content, answers)] == case["outlook"]
    assert [one.code for one in missing(content, answers)] == case["missing"]
