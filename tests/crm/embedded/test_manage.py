"""`manage.py` starts what a command needs and nothing else."""

import os
import signal
import subprocess
import sys

import pytest

import manage
from crm.embedded.places import PROJECT
from crm.embedded.postgres import PostgresServer
from tests.servers import clean_environment


@pytest.fixture
def booted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets an entry each time servers would be started; the environment is put back afterwards."""
    calls: list[str] = []
    monkeypatch.setattr(manage, "boot", lambda: calls.append("boot"))
    monkeypatch.setattr(signal, "signal", lambda *_arguments: None)
    monkeypatch.setenv("CRM_DB_ROLE", "")
    monkeypatch.delenv("CRM_DB_ROLE")
    return calls


@pytest.mark.parametrize("line", ["help", "", "--version", "check", "collectstatic --noinput", "migrate --help"])
def test_commands_that_need_no_servers(booted: list[str], line: str) -> None:
    manage.prepare(line.split())
    assert booted == []


@pytest.mark.parametrize("line", ["shell", "segment --day 2026-11-22", "runserver", "import_feed assets x.csv"])
def test_commands_that_work_on_data_run_as_the_runtime_role(booted: list[str], line: str) -> None:
    manage.prepare(line.split())
    assert booted == ["boot"]
    assert "CRM_DB_ROLE" not in os.environ


@pytest.mark.parametrize("line", ["migrate", "makemigrations --check", "test crm", "sqlmigrate crm 0001"])
def test_commands_on_tables_run_as_the_owner(booted: list[str], line: str) -> None:
    manage.prepare(line.split())
    assert booted == ["boot"]
    assert os.environ["CRM_DB_ROLE"] == "owner"


def test_a_server_that_cannot_run_is_one_sentence_and_code_1(cluster: PostgresServer) -> None:
    (cluster.data / "PG_VERSION").write_text("9.6\n")
    done = subprocess.run(
        [sys.executable, "manage.py", "shell"],
        cwd=PROJECT,
        env=clean_environment(cluster.var),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "holds data of PostgreSQL 9.6" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_polite_signal_gives_the_servers_back(cluster: PostgresServer) -> None:
    code = "import manage, sys, time; manage.prepare(['shell']); print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=clean_environment(cluster.var),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    assert cluster.ready()
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert cluster.pid() is None
