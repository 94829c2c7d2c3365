"""`manage.py` starts what a command needs and nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import manage
from crm.embedded.places import PROJECT
from crm.embedded.postgres import OWNER_ROLE, RUNTIME_ROLE, PostgresServer
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


def run_manage(var: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` as a person would who has set `CRM_VAR` and these."""
    environment = clean_environment(var) | variables
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_a_server_that_cannot_run_is_one_sentence_and_code_1(cluster: PostgresServer) -> None:
    (cluster.data / "PG_VERSION").write_text("9.6\n")
    done = run_manage(cluster.var, "shell")
    assert done.returncode == 1
    assert "holds data of PostgreSQL 9.6" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["shell -c print(6*7)", "migrate --plan"])
def test_with_servers_of_the_users_own_nothing_bundled_starts(
    cluster: PostgresServer, tmp_path: Path, command: str
) -> None:
    cluster.start()
    urls = {"DATABASE_URL": cluster.url(RUNTIME_ROLE), "DATABASE_OWNER_URL": cluster.url(OWNER_ROLE)}
    done = run_manage(tmp_path / "var", *command.split(), **urls, REDIS_URL="redis://localhost:1/0")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "var").iterdir()} <= {"keys"}
    assert cluster.ready(), "and it is left running"
    cluster.stop()


def test_all_that_is_local_goes_where_crm_var_says(cluster: PostgresServer) -> None:
    names = ["VAR_DIR", "KEY_DIR", "FEEDS_DIR", "MEDIA_ROOT"]
    code = f"from django.conf import settings; print(*(getattr(settings, name) for name in {names}), sep='\\n')"
    done = run_manage(cluster.var, "shell", "-c", code)
    assert done.returncode == 0, done.stderr
    folders = [Path(line) for line in done.stdout.splitlines()[-len(names) :]]
    assert all(folder.is_relative_to(cluster.var) for folder in folders)
    assert cluster.pid() is None, "the last one stops what it started"


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


def test_a_terminal_that_cannot_show_chinese_does_not_end_a_command(cluster: PostgresServer) -> None:
    done = run_manage(cluster.var, "shell", "-c", "print('资产')", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert "\\u8d44\\u4ea7" in done.stdout
