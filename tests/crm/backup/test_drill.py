"""The drill: a firm is backed up while it works, put back elsewhere with its keys, and is the same firm."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from crm.embedded.places import PROJECT
from crm.embedded.postgres import OWNER_ROLE, RUNTIME_ROLE, PostgresServer
from tests.servers import Holder, clean_environment, make_postgres, open_folder

pytestmark = pytest.mark.long

TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition ORDER BY 1
"""
PHONE = """
from clients.profile.models import Client
from clients.profile.selectors import open_field
one = Client.objects.exclude(phone_sealed=None).order_by("client_no").first()
print(one.client_no, open_field(one, "phone"))
"""


def manage(var: Path, *arguments: str) -> str:
    """The output of a `manage.py` command on the firm of `var`."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=clean_environment(var), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def summary(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def hashes(server: PostgresServer) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of every table's rows in order, read by COPY: nothing of what the backup itself computes."""
    with contextlib.closing(psycopg2.connect(server.url(OWNER_ROLE))) as link, link.cursor() as cursor:
        cursor.execute(TABLES)
        found = {}
        for (table,) in cursor.fetchall():
            text = io.StringIO()
            cursor.copy_expert(f'COPY (SELECT t::text FROM "{table}" AS t ORDER BY 1) TO STDOUT', text)
            lines = text.getvalue()
            found[table] = (lines.count("\n"), hashlib.sha256(lines.encode()).hexdigest())
    return found


def test_a_firm_comes_back_as_it_was() -> None:
    with open_folder() as first, open_folder() as second, open_folder() as shelf:
        manage(first, "migrate", "--verbosity", "0")
        manage(first, "demo_firm", "--clients", "400")
        (first / "files" / "uploads").mkdir(parents=True)
        (first / "files" / "uploads" / "1.csv").write_text("client_no\n")
        made = summary(manage(first, "backup", "--to", str(shelf / "to"), "--keys-to", str(shelf / "keys")))
        restored = summary(manage(second, "restore", made["backup"], "--keys", made["keys"]))
        assert (restored["tables"], restored["rows"]) == (made["tables"], made["rows"])
        assert restored["rows"] > 50_000

        one, other = Holder(first).wait_up(), Holder(second).wait_up()
        try:
            assert hashes(make_postgres(first)) == hashes(make_postgres(second))
            link = psycopg2.connect(make_postgres(second).url(RUNTIME_ROLE))
            with contextlib.closing(link), pytest.raises(psycopg2.errors.InsufficientPrivilege):
                link.cursor().execute("UPDATE crm_readlog SET reason = 'x'")  # rights are back too
        finally:
            one.leave()
            other.leave()
        assert (second / "files" / "uploads" / "1.csv").read_text() == "client_no\n"
        assert manage(first, "shell", "-v", "0", "-c", PHONE) == manage(second, "shell", "-v", "0", "-c", PHONE)
        assert "is complete" in manage(second, "demo_firm"), "it goes on working"
