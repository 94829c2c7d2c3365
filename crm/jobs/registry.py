"""What each kind of job runs, and on which queue. Runners register when their module is imported, at start-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from crm.jobs.models import Job
    from crm.jobs.work import Work

Run = Callable[["Work"], dict[str, Any] | None]
OfJob = Callable[["Job"], str]


def _key(job: Job) -> str:
    return job.key


def _nowhere(job: Job) -> str:
    return ""


@dataclass(frozen=True)
class Runner:
    """How one kind of job is run."""

    kind: str
    run: Run
    queue: str
    title: str | Promise
    most_tries: int
    lease: dt.timedelta
    about: OfJob
    page: OfJob


_runners: dict[str, Runner] = {}


def runner(
    kind: str,
    *,
    queue: str = "heavy",
    title: str | Promise = "",
    most_tries: int = 3,
    lease: dt.timedelta = dt.timedelta(seconds=60),
    about: OfJob = _key,
    page: OfJob = _nowhere,
) -> Callable[[Run], Run]:
    """Register the function that does jobs of `kind`. What it returns is kept as the job's result.

    The function may be called again for the same job when a worker was killed, so either its writes are one
    transaction that ends with `work.finish(result)`, or doing them twice changes nothing.
    `title` names the kind of job for people, `about` which one it is. `page` is the address of what came out of a job
    that is done; a result that says `url` and `label` itself goes before it.
    A lease is renewed while the worker lives, however long a statement takes; it runs out `lease` after a kill.
    Raises ValueError for a kind that is taken.
    """

    def register(run: Run) -> Run:
        if kind in _runners:
            raise ValueError(f"two runners for jobs of kind {kind}")
        _runners[kind] = Runner(kind, run, queue, title or kind, most_tries, lease, about, page)
        return run

    return register


def runner_of(kind: str) -> Runner:
    """Raises KeyError for a kind without a runner."""
    return _runners[kind]


def find(kind: str) -> Runner | None:
    return _runners.get(kind)


def forget(kind: str) -> None:
    """Take a runner out (tests)."""
    _runners.pop(kind, None)
