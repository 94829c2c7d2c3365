"""Segmentation runs as plans see them: what changed, written down without calculating it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from clients.profile.models import Client
from clients.segmentation.models import Policy, Run, SegmentChange, Standing


def run_of(as_of: dt.date, *, baseline: bool = False, replaces: Run | None = None) -> Run:
    """A run as of a day. `replaces` is the day's current one."""
    now = timezone.now()
    run = Run.objects.create(
        as_of=as_of if replaces is None else dt.date(1900, 1, 1),
        policy=Policy.objects.get(version=1),
        kind="nightly",
        is_baseline=baseline,
        clients=0,
        changed=0,
        summary={},
        started_at=now,
        ended_at=now,
    )
    if replaces is not None:
        Run.objects.filter(pk=replaces.pk).update(replaced_by=run)
        Run.objects.filter(pk=run.pk).update(as_of=as_of)
        run.refresh_from_db()
    return run


def entered(run: Run, client: Client, *matches: str, before: tuple[str, ...] = (), **fields: Any) -> SegmentChange:
    """`client` matches `matches` in the run and `before` just before; his standing says the same."""
    fields = {"average_assets": 0, "announced": not run.is_baseline or "new" in matches} | fields
    change = SegmentChange.objects.create(
        client=client,
        run=run,
        branch=client.branch,
        as_of=run.as_of,
        kind="change",
        matches=list(matches),
        group=matches[0] if matches else "general",
        old_matches=list(before),
        **fields,
    )
    stand(client, *matches, run=run, **{k: v for k, v in fields.items() if k in ("average_assets", "reasons", "tier")})
    return change


def stand(client: Client, *matches: str, **fields: Any) -> None:
    """The client's current standing."""
    place = {"matches": list(matches), "group": matches[0] if matches else "general"}
    Standing.objects.filter(client=client).update(**place, **fields)


def flow(day: dt.date, size: int, kind: str = "outflow") -> dict[str, str]:
    """A movement as a run keeps it."""
    return {"kind": kind, "day": f"{day:%F}", "size": f"{size}.00", "before": "1000000.00"}


def alert(number: str, day: dt.date) -> dict[str, str]:
    return {"kind": "alert", "day": f"{day:%F}", "size": "0", "alert_no": number}
