"""The scripts that come with the product, one file each in `shipped/`, as a firm's first published versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from callbacks.scripts.checking import checked
from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import Script, ScriptVersion
from callbacks.scripts.papers import Paper, read_paper
from callbacks.scripts.reading import to_json
from crm.audit.services import acting

FOLDER = Path(__file__).with_name("shipped")


@transaction.atomic
def lay_shipped(*, at: dt.datetime | None = None) -> list[str]:
    """Lay every shipped script that the firm does not have, as its published version 1, made by the system.

    A script that is there is left as the firm has it, whatever it changed. Returns the codes that were laid; laying
    again lays nothing. `at` is when (now).
    """
    instant = at or timezone.now()
    known = set(Script.objects.values_list("code", flat=True))
    new = [paper for paper in papers() if paper.code not in known]
    with acting(by=None):
        for paper in new:
            _lay(paper, instant)
    return [paper.code for paper in new]


def papers() -> Iterator[Paper]:
    """The shipped scripts in the order of their codes. Raises ContentError for a file that cannot be published."""
    for file in sorted(FOLDER.glob("*.json")):
        paper = read_paper(file.read_text(encoding="utf-8"))
        checked(to_json(paper.content), regulated=paper.regulated)
        yield paper


def _lay(paper: Paper, at: dt.datetime) -> None:
    script = Script.objects.create(code=paper.code, name=paper.name, kinds=list(paper.kinds), regulated=paper.regulated)
    ScriptVersion.objects.create(
        script=script,
        number=1,
        state=VersionState.PUBLISHED,
        content=to_json(paper.content),
        made_at=at,
        published_at=at,
    )
