"""A worker for `test_kill.py`: runs one job that writes rows, and is killed in the middle."""

from __future__ import annotations

import time

from django.db import connections, transaction

from crm.jobs import registry, services
from crm.jobs.work import Work
from crm.organisation.models import Unit

ROWS = 20
PROGRAM = "import sys, django; django.setup(); from tests.crm.jobs.killed_worker import main; main(*sys.argv[1:])"


def write_units(work: Work, seconds: float) -> None:
    """Write `ROWS` units and finish, in one transaction, taking `seconds` over it."""
    with transaction.atomic():
        for number in range(ROWS):
            Unit.objects.create(kind="branch", code=f"K{work.job.pk}-{work.job.tries}-{number}", name="K")
            work.progress(number + 1, ROWS)
            time.sleep(seconds / ROWS)
        work.finish({"rows": ROWS})


def main(database: str, job_id: str, seconds: str) -> None:
    """Run the job in the test's database."""
    connections["default"].close()
    connections.databases["default"]["NAME"] = database
    connections["default"].settings_dict["NAME"] = database
    registry.runner("test.kill")(lambda work: write_units(work, float(seconds)))
    services.run(int(job_id))
