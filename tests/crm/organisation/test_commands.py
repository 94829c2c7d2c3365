from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crm.organisation.models import Unit, User
from tests.factories.people import person

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-unusual-one"


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


class TestCreateStaff:
    def test_the_first_administrator_of_a_new_firm(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typed(monkeypatch, PASSWORD)
        assert "10001" in run("create_staff", "10001", "王敏", "--unit-name", "示例证券总部")
        admin = User.objects.get(staff_no="10001")
        assert admin.check_password(PASSWORD)
        assert admin.must_change_password
        assert admin.has_perm("crm.manage_staff")
        assert Unit.objects.get(code="HQ").kind == "headquarters"

    def test_no_such_unit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typed(monkeypatch, PASSWORD)
        with pytest.raises(CommandError, match="--unit-name"):
            run("create_staff", "10001", "王敏")
        assert not User.objects.exists()

    @pytest.mark.parametrize("password", ["", "short", "12345678901"])
    def test_bad_password_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
        typed(monkeypatch, password)
        with pytest.raises(CommandError):
            run("create_staff", "10001", "王敏", "--unit-name", "HQ")
        assert not User.objects.exists()
        assert not Unit.objects.exists()

    def test_unknown_role(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typed(monkeypatch, PASSWORD)
        with pytest.raises(CommandError, match="emperor"):
            run("create_staff", "10001", "王敏", "--unit-name", "HQ", "--role", "emperor")


class TestSetPassword:
    def test_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clerk = person("counter_clerk")
        typed(monkeypatch, PASSWORD)
        run("set_password", clerk.staff_no)
        clerk.refresh_from_db()
        assert clerk.check_password(PASSWORD)

    def test_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typed(monkeypatch, PASSWORD)
        with pytest.raises(CommandError, match="nobody-here"):
            run("set_password", "nobody-here")

    def test_at_a_terminal_it_is_typed_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clerk = person("counter_clerk")
        answers = iter([PASSWORD, "another-unusual-one"])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
        with pytest.raises(CommandError):
            run("set_password", clerk.staff_no)

    def test_weak(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clerk = person("counter_clerk")
        typed(monkeypatch, "password")
        with pytest.raises(CommandError):
            run("set_password", clerk.staff_no)
