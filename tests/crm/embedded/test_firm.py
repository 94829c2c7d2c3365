"""The note on the database, and when work at the start is due."""

import datetime
import os
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from crm.embedded import firm, supervisor
from crm.embedded.errors import EmbeddedError
from crm.embedded.postgres import OWNER_ROLE, RUNTIME_ROLE, PostgresServer
from crm.embedded.supervisor import SHANGHAI, Supervisor


@pytest.fixture
def url(cluster: PostgresServer) -> str:
    """A database that was never served."""
    cluster.start()
    return cluster.url(OWNER_ROLE)


def test_a_note_stays_with_the_database(url: str) -> None:
    assert firm.read_note(url) == {}
    firm.write_note(url, {"code": "abc", "demo": "2026-11-22"})
    assert firm.read_note(url) == {"code": "abc", "demo": "2026-11-22"}


@pytest.mark.parametrize("remark", ["kept by the administrator", "[1, 2]"])
def test_a_persons_remark_is_no_note(url: str, remark: str) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("COMMENT ON DATABASE crm IS %s", [remark])
    connection.close()
    assert firm.read_note(url) == {}


def test_the_code_version_follows_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firm, "PROJECT", tmp_path)
    (tmp_path / "requirements.txt").write_text("Django\n")
    (tmp_path / "crm").mkdir()
    before = firm.code_version()
    (tmp_path / "crm" / "models.py").write_text("x = 1\n")
    between = firm.code_version()
    (tmp_path / "crm" / "models.py").write_text("x = 2\n")
    assert len({before, between, firm.code_version()}) == 3


def test_the_owners_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE", "DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EmbeddedError, match="DATABASE_URL"):
        firm.owner_url()
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/crm")
    assert firm.owner_url() == "postgresql://app@db/crm"
    (tmp_path / "secret").write_text("postgresql://owner@db/crm\n")
    monkeypatch.setenv("DATABASE_OWNER_URL_FILE", str(tmp_path / "secret"))
    assert firm.owner_url() == "postgresql://owner@db/crm"


class Recorder(Supervisor):
    """A supervisor that notes which commands it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[str] = []

    def _manage(self, command: str, what: str) -> None:
        self.commands.append(command)

    def _accounts(self, code: str) -> str:
        return "accounts"


TODAY = datetime.datetime.now(SHANGHAI).date().isoformat()
YESTERDAY = (datetime.datetime.now(SHANGHAI).date() - datetime.timedelta(1)).isoformat()


@pytest.mark.parametrize(
    ("note", "wish", "commands", "demo"),
    [
        ({}, None, ["migrate", "demo_firm"], TODAY),
        ({}, "0", ["migrate"], None),
        ({}, "1", ["migrate", "demo_firm"], TODAY),
        ({"code": "now", "demo": TODAY}, None, [], TODAY),
        ({"code": "now", "demo": YESTERDAY}, None, ["demo_firm"], TODAY),
        ({"code": "old", "demo": TODAY}, None, ["migrate", "demo_firm"], TODAY),
        ({"code": "now", "demo": None}, None, [], None),
        ({"code": "old", "demo": None}, "1", ["migrate"], None),
    ],
)
def test_only_what_is_due_is_done(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    note: dict[str, Any],
    wish: str | None,
    commands: list[str],
    demo: str | None,
) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setenv("CRM_VAR", str(tmp_path))
    monkeypatch.setenv("CRM_DEMO", wish or "")
    if wish is None:
        monkeypatch.delenv("CRM_DEMO")
    monkeypatch.setattr(firm, "owner_url", lambda: "url")
    monkeypatch.setattr(firm, "read_note", lambda _url: note)
    monkeypatch.setattr(firm, "code_version", lambda: "now")
    monkeypatch.setattr(firm, "write_note", lambda _url, new: written.append(new))
    recorder = Recorder()
    recorder._prepare()
    assert recorder.commands == commands
    assert written == [{"code": "now", "demo": demo}]
    assert (os.environ.get("CRM_DEMO") == "1") is (demo is not None or wish == "1")


@pytest.mark.parametrize(("wish", "demo"), [("", False), ("0", False), ("1", True)])
def test_a_server_of_the_users_own_gets_no_demo_firm_unasked(
    monkeypatch: pytest.MonkeyPatch, wish: str, demo: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/crm")
    monkeypatch.setenv("CRM_DEMO", wish)
    assert supervisor._serves_demo({}) is demo


def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="The database cannot be reached: "):
        firm.read_note(f"postgresql://crm_owner@/crm?host={tmp_path}")


def test_a_role_that_does_not_own_the_database(cluster: PostgresServer) -> None:
    cluster.start()
    with pytest.raises(EmbeddedError, match="Set DATABASE_OWNER_URL"):
        firm.write_note(cluster.url(RUNTIME_ROLE), {})


def test_a_failing_command_shows_the_end_of_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRM_VAR", str(tmp_path))
    monkeypatch.setattr(supervisor, "PROJECT", tmp_path)
    (tmp_path / "manage.py").write_text("print('the reason'); raise SystemExit(4)")
    with pytest.raises(EmbeddedError, match=r"(?s)`manage.py migrate` failed \(code 4\).*the reason"):
        Supervisor()._manage("migrate", "Laying the tables")
