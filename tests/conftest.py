"""What every test stands on: bundled servers, the owner role, a closed network, no waiting for time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from pytest_django import DjangoDbBlocker

from callbacks.calls.laying import lay_outcomes
from clients.segmentation.models import Policy
from crm.remembered import Remembered

LOOPBACK = ("127.", "::1", "localhost")


@receiver(post_migrate)
def lay_again(sender: Any, **kwargs: Any) -> None:
    """A test that commits ends by emptying every table; what the migrations laid is laid again for the next one."""
    if sender.label == "clients" and not Policy.objects.exists():
        import_module("crm.migrations.0003_calendar_seed").seed(apps, None)
        import_module("clients.migrations.0008_segmentation_first_policy").lay(apps, None)
    if sender.label == "callbacks":
        lay_outcomes()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run on two cores, a module stays in one worker, and all browser tests too: they share one firm.

    The browser tests are the longest group and begin first, so that no worker waits for the other at the end.
    """
    items.sort(key=lambda item: "e2e" not in item.path.parts)
    for item in items:
        scope = "e2e" if "e2e" in item.path.parts else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(scope))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files among the parameters are not part of a test's name: a workbook made twice differs in its time of day."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; threads that tests began may still hold sessions in it when it is to be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )


@pytest.fixture(autouse=True)
def closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to another host."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise OSError(f"tests are closed to the network: {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Files of a test stay with the test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FEEDS_DIR = tmp_path / "feeds"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test sees what another kept: limits on attempts, sessions, the firm's name, the calendar."""
    cache.clear()
    Remembered.forget_all()
