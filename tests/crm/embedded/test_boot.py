"""Several processes share the bundled servers; the last one stops them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm.embedded import boot, is_bundled
from crm.embedded.places import PROJECT
from crm.embedded.postgres import PostgresServer
from tests.servers import Holder, clean_environment, gone, make_postgres, make_valkey

NESTED = """
import os, subprocess, sys
from crm.embedded import boot
first = boot(["postgres"])
code = "from crm.embedded import boot, boot as b; import sys; e = boot(['postgres']); print(e.database_url); "
code += "from crm.embedded.lease import lock_holders; from crm.embedded.places import var_folder; "
code += "print(len(lock_holders(var_folder() / 'locks' / 'postgres.lease')))"
done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
url, count = done.stdout.split()
print(url == first.database_url, count)
"""

FORKED = """
import os
from crm.embedded import boot
from crm.embedded.boot import held_servers
boot(["postgres"])
server = held_servers()[0]
child = os.fork()
if child == 0:
    raise SystemExit(0)
os.waitpid(child, 0)
print(server.ready())
"""


def run(code: str, var: Path) -> str:
    """What a fresh process prints that runs `code`."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=clean_environment(var),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_last_process_stops_what_the_first_started(cluster: PostgresServer) -> None:
    first = Holder(cluster.var).wait_up()
    pid = cluster.pid()
    second = Holder(cluster.var).wait_up()
    first.leave()
    assert cluster.ready()
    assert cluster.pid() == pid
    second.leave()
    assert cluster.pid() is None


def test_a_killed_process_leaves_the_server_to_the_next_one(cluster: PostgresServer) -> None:
    Holder(cluster.var).wait_up().kill()
    pid = cluster.pid()
    assert pid is not None
    following = Holder(cluster.var).wait_up()
    assert cluster.pid() == pid
    following.leave()
    assert gone(cluster)


def test_processes_that_start_at_once_share_one_server(cluster: PostgresServer) -> None:
    holders = [Holder(cluster.var) for _number in range(4)]
    for holder in holders:
        holder.wait_up()
    assert cluster.ready()
    for holder in holders:
        assert holder.leave() == ""
    assert gone(cluster)


def test_both_services(cluster: PostgresServer) -> None:
    valkey = make_valkey(cluster.var)
    holder = Holder(cluster.var, "postgres", "valkey").wait_up()
    assert cluster.ready()
    assert valkey.ready()
    holder.leave()
    assert gone(cluster)
    assert gone(valkey)


def test_a_child_process_knows_the_urls_and_holds_a_lease_of_its_own(cluster: PostgresServer) -> None:
    assert run(NESTED, cluster.var) == "True 2"
    assert gone(cluster)


def test_the_end_of_a_forked_child_stops_nothing(cluster: PostgresServer) -> None:
    assert run(FORKED, cluster.var) == "True"
    assert gone(cluster)


def test_two_firms_live_side_by_side(cluster: PostgresServer, laid_var: Path) -> None:
    one, two = Holder(cluster.var).wait_up(), Holder(laid_var).wait_up()
    other = make_postgres(laid_var)
    assert cluster.ready()
    assert other.ready()
    assert cluster.pid() != other.pid()
    one.leave()
    assert other.ready()
    two.leave()


def test_a_server_of_the_users_own_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("DATABASE_", "REDIS_", "CELERY_", "CRM_EMBEDDED_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CRM_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/crm")
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis")
    endpoints = boot()
    assert endpoints.database_url == "postgresql://db.example/crm"
    assert endpoints.redis_url is None
    assert not (tmp_path / "var").exists()
    monkeypatch.setenv("CRM_EMBEDDED_DATABASE_URL", "postgresql://crm_app@/crm?host=/tmp/x")
    assert not is_bundled("postgres")
    monkeypatch.setenv("DATABASE_URL", "postgresql://crm_app@/crm?host=/tmp/x")
    assert is_bundled("postgres")


def test_a_refusal_is_one_sentence_and_exit_code_1(cluster: PostgresServer) -> None:
    (cluster.data / "PG_VERSION").write_text("15\n")
    holder = Holder(cluster.var)
    said = holder.leave()
    assert holder.process.returncode == 1
    assert "holds data of PostgreSQL 15" in said
    assert "Traceback" not in said
