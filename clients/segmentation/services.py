"""What is done with segmentation: a run, now or as a job; trials; proposals of policies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.segmentation import compute, rules, running
from clients.segmentation.choices import PolicyState, RunKind
from clients.segmentation.models import Policy, Run
from clients.segmentation.proposals import approve_policy, propose_policy, refuse_policy
from clients.segmentation.selectors import RUN_JOB, asked_run, policy_for
from crm.access.guards import check
from crm.jobs import services as jobs

if TYPE_CHECKING:
    from crm.jobs.models import Job
    from crm.jobs.work import Work
    from crm.organisation.models import User

__all__ = ["approve_policy", "propose_policy", "refuse_policy", "request_run", "run_segmentation"]

RUN = "clients.run_segmentation"
ASKING = "SELECT pg_advisory_xact_lock(hashtext('clients.segmentation.request'))"


class RunRefused(ValueError):
    """A run that cannot be made; says why in the reader's language."""


def run_segmentation(
    *,
    as_of: dt.date,
    kind: RunKind,
    by: User | None,
    policy: Policy | None = None,
    work: Work | None = None,
    table: Path | None = None,
) -> Run:
    """Put every client of D = `as_of` into tier, style and groups, and return the run that is current for D.

    `policy` is the approved one in force on D unless given. For a day before the newest run's it is a backfill:
    results of its own, no standing, history or event. With the same policy and unchanged data nothing is written and
    D's run comes back as it is. `work` is the job's hold on the work: it hears of progress and ends in the same
    transaction. `table` names a file for every client's result. Raises RunRefused or PolicyError.
    """
    return make_run(as_of=as_of, kind=kind, by=by, policy=policy, work=work, table=table)[0]


def make_run(
    *,
    as_of: dt.date,
    kind: RunKind,
    by: User | None,
    policy: Policy | None = None,
    work: Work | None = None,
    table: Path | None = None,
) -> tuple[Run, bool]:
    """As `run_segmentation`; says beside the run whether it was made now, or stood already."""
    check_day(as_of)
    policy = policy or policy_for(as_of)
    if policy.state != PolicyState.APPROVED:
        raise RunRefused(_("Version %(version)s of the policy is not approved.") % {"version": policy.version})
    wanted = rules.parse(policy.rules)
    outcome = running.Outcome(as_of, kind, by, policy, work.job if work else None, timezone.now())
    total = len(compute.steps(wanted)) + 1

    def say(done: int, words: str | Promise) -> None:
        if work is not None:
            work.progress(done, total, str(words))

    with running.alone(), compute.workspace():
        compute.compute(as_of, wanted, say=say)
        say(total - 1, _("writing"))
        if table is not None:
            running.write_table(table)
        with transaction.atomic():
            run, is_new = running.write(outcome)
            if work is not None:
                work.finish({"run": run.pk, "changed": run.changed if is_new else 0})
    return run, is_new


def check_day(as_of: dt.date) -> None:
    """Raises RunRefused for a day that has not come yet, or lies further back than anything to count."""
    today = timezone.localdate()
    if as_of < rules.EARLIEST:
        raise RunRefused(_("The earliest possible day is %(day)s.") % {"day": f"{rules.EARLIEST:%F}"})
    if as_of > today:
        raise RunRefused(
            _("%(day)s has not come yet; the latest possible day is %(today)s.")
            % {"day": f"{as_of:%F}", "today": f"{today:%F}"}
        )


@transaction.atomic
def request_run(*, as_of: dt.date, by: User, at: dt.datetime | None = None) -> Job:
    """Have the workers make the run of D = `as_of` (again), or a backfill. Returns the job: the one that waits or is
    at work already, whoever asked for it, else a new one.

    Raises PermissionDenied, RunRefused, or PolicyError when no policy is in force on that day.
    """
    check(by, RUN)
    check_day(as_of)
    policy_for(as_of)
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(ASKING)  # two who ask at once, or one who clicks twice, get one job
    key, params = f"{as_of:%F} {at:%FT%T.%f}", {"as_of": f"{as_of:%F}"}
    return asked_run(as_of) or jobs.request(RUN_JOB, key, by=by, params=params, at=at)
