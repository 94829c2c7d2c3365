"""The bundled PostgreSQL: what a laid cluster is like, and what happens when something is wrong with it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
import pytest

from crm.embedded import processes
from crm.embedded.account import Account
from crm.embedded.errors import EmbeddedError
from crm.embedded.postgres import MAJOR, OWNER_ROLE, RUNTIME_ROLE, PostgresServer
from tests.servers import Usage, copy_cluster, gone, make_postgres, open_folder


@pytest.fixture(scope="module")
def shared(laid_var: Path) -> Iterator[PostgresServer]:
    """One freshly laid server that runs, for tests that only look."""
    with open_folder() as folder:
        server = copy_cluster(laid_var, folder)
        server.start()
        yield server


@pytest.fixture
def running(cluster: PostgresServer) -> Iterator[PostgresServer]:
    """A server that runs."""
    cluster.start()
    yield cluster
    cluster.stop()


def query(server: PostgresServer, sql: str, role: str = OWNER_ROLE) -> list[tuple[Any, ...]]:
    """Rows of one statement, committed."""
    with closing(psycopg2.connect(server.url(role))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_chinese_text_has_trigrams(shared: PostgresServer) -> None:
    assert query(shared, "SELECT cardinality(show_trgm('张博伟'))") == [(4,)]


def test_encoding_zone_and_durability(shared: PostgresServer) -> None:
    settings = query(shared, "SELECT current_setting(n) FROM unnest('{server_encoding,TimeZone,fsync,jit}'::text[]) n")
    assert settings == [("UTF8",), ("Asia/Shanghai",), ("on",), ("off",)]


def test_it_listens_on_no_port(shared: PostgresServer) -> None:
    assert query(shared, "SHOW listen_addresses") == [("",)]
    assert shared.sockets.stat().st_mode & 0o777 == 0o700
    assert len(shared.address) < 100


def test_the_runtime_role_reads_and_writes_but_lays_no_tables(shared: PostgresServer) -> None:
    query(shared, "CREATE TABLE thing (id bigserial, name text)")
    query(shared, "INSERT INTO thing (name) VALUES ('a')", RUNTIME_ROLE)
    assert query(shared, "SELECT name FROM thing", RUNTIME_ROLE) == [("a",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(shared, "CREATE TABLE other ()", RUNTIME_ROLE)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(shared, "TRUNCATE thing", RUNTIME_ROLE)


def test_the_owner_makes_test_databases_and_takes_the_runtime_role(shared: PostgresServer) -> None:
    with closing(psycopg2.connect(shared.url(OWNER_ROLE))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE test_thing")
            cursor.execute("SET ROLE crm_app")


def test_settings_of_the_installation_win_and_stay(running: PostgresServer) -> None:
    with (running.data / "postgresql.conf").open("a") as stream:
        stream.write("work_mem = '11MB'\n")
    running.stop()
    running.start()
    assert query(running, "SHOW work_mem") == [("11MB",)]


def test_data_survive_a_killed_server(running: PostgresServer) -> None:
    query(running, "CREATE TABLE thing AS SELECT 1 AS id")
    pid = running.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert gone(running)
    running.start()
    assert query(running, "SELECT id FROM thing") == [(1,)]


def test_a_pid_file_whose_number_a_stranger_has_got(cluster: PostgresServer) -> None:
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **cluster.account.spawn_options())
    lines = [str(stranger.pid), str(cluster.data), "0", "5432", str(cluster.sockets), "", "0 0", "ready   "]
    cluster.account.write(cluster.data / "postmaster.pid", "\n".join(lines) + "\n")
    cluster.account.write(cluster.sockets / ".s.PGSQL.5432.lock", "\n".join(lines[:5]) + "\n")
    assert not cluster.ready()
    cluster.start()
    assert cluster.ready()
    cluster.stop()
    stranger.kill()
    stranger.wait()


def test_a_pid_file_of_a_dead_server(cluster: PostgresServer) -> None:
    cluster.account.write(cluster.data / "postmaster.pid", f"4194303\n{cluster.data}\n")
    cluster.start()
    assert cluster.ready()


def test_data_of_another_major_version(cluster: PostgresServer) -> None:
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match=f"holds data of PostgreSQL 17; this release runs PostgreSQL {MAJOR}"):
        cluster.start()


def test_a_folder_that_holds_something_else(var: Path) -> None:
    (var / "postgres").mkdir()
    (var / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedError, match="is not a PostgreSQL data folder"):
        make_postgres(var).start()


def test_a_full_disk(cluster: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12, 42 * 1024**2))
    with pytest.raises(EmbeddedError, match=r"The disk of .* is full: 42 MB free, 500 MB are needed\. Make room"):
        cluster.start()


def test_a_user_without_a_name(cluster: PostgresServer) -> None:
    cluster.account = Account(4711, 4711, "4711")
    with pytest.raises(EmbeddedError, match="User number 4711 has no name"):
        cluster.start()


def test_a_configuration_that_postgres_refuses(cluster: PostgresServer) -> None:
    with (cluster.data / "postgresql.conf").open("a") as stream:
        stream.write("work_mem = 'much'\n")
    with pytest.raises(EmbeddedError, match=r"(?s)PostgreSQL does not start: .*work_mem.*postgres\.log"):
        cluster.start()


def test_a_laying_that_was_killed_leaves_nothing(laid_var: Path) -> None:
    assert not list(laid_var.glob(".postgres-new-*"))


def test_a_server_whose_folder_was_exchanged_makes_room(cluster: PostgresServer, laid_var: Path) -> None:
    cluster.start()
    old = cluster.pid()
    assert old is not None
    shutil.rmtree(cluster.data)
    fresh = copy_cluster(laid_var, cluster.var)
    fresh.start()
    assert not processes.lives(old)
    assert fresh.pid() != old
    assert query(fresh, "SELECT 1") == [(1,)]


def test_stopping_what_does_not_run(cluster: PostgresServer) -> None:
    cluster.stop()
    assert cluster.pid() is None
