"""`boot()`: make sure that PostgreSQL and Valkey can be reached, starting the bundled ones where needed."""

import atexit
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .account import service_account
from .errors import EmbeddedError, disk_errors_in_words
from .lease import Lease
from .places import socket_folder, var_folder
from .postgres import OWNER_ROLE, RUNTIME_ROLE, PostgresServer
from .valkey import ValkeyServer

Server = PostgresServer | ValkeyServer

# The variable that a user sets to bring a server of his own.
OWN_VARIABLE = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
# Set beside it by us: the URL we set. Children inherit both, so they know that the URL is ours.
MARK = {"postgres": "CRM_EMBEDDED_DATABASE_URL", "valkey": "CRM_EMBEDDED_REDIS_URL"}


@dataclass(frozen=True)
class Endpoints:
    """Where the servers are, as `os.environ` has it after `boot()`; None for one that was not asked for."""

    database_url: str | None
    database_owner_url: str | None
    redis_url: str | None
    celery_broker_url: str | None


_held: dict[str, tuple[Lease, Server]] = {}


def is_bundled(service: str) -> bool:
    """Whether `service` ("postgres" or "valkey") is ours to run: the user has not brought his own."""
    url = os.environ.get(OWN_VARIABLE[service])
    if url:
        return url == os.environ.get(MARK[service])
    return not os.environ.get(OWN_VARIABLE[service] + "_FILE")


def make_server(service: str, var: Path) -> Server:
    """The server object of `service` under `var`; starts nothing."""
    account = service_account(var / service)
    sockets = socket_folder(var, account)
    if service == "postgres":
        return PostgresServer(var, account, sockets)
    return ValkeyServer(var, account, sockets)


def boot(services: Sequence[str] = ("postgres", "valkey")) -> Endpoints:
    """Start what is not up, hold a lease on it until this process ends, and put the URLs into `os.environ`.

    A service whose URL the user has set (DATABASE_URL, REDIS_URL, or the same with _FILE) is left alone. Calling
    again, also in a child process, is cheap. Raises EmbeddedError, worded for a person, when a server cannot run.
    """
    with disk_errors_in_words():
        for service in filter(is_bundled, services):
            _publish(service, _lease(service))
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CELERY_BROKER_URL")
    return Endpoints(*(os.environ.get(name) for name in names))


def _lease(service: str) -> Server:
    if not sys.platform.startswith("linux"):
        raise EmbeddedError(f"Bundled servers run on Linux only. Set {OWN_VARIABLE[service]} to a server of your own.")
    var = var_folder()
    lease, server = _held.get(service, (None, None))
    if lease is None or server is None or not lease.held or server.var != var:
        lease = Lease(var / "locks", service)
        server = make_server(service, var)
    with lease.mutex():
        if not server.ready():
            server.start()
        lease.take()
    _held[service] = (lease, server)
    return server


def _publish(service: str, server: Server) -> None:
    if isinstance(server, PostgresServer):
        os.environ["DATABASE_URL"] = server.url(RUNTIME_ROLE)
        os.environ["DATABASE_OWNER_URL"] = server.url(OWNER_ROLE)
    else:
        os.environ["REDIS_URL"] = server.url
        os.environ["CELERY_BROKER_URL"] = server.broker_url
    os.environ[MARK[service]] = os.environ[OWN_VARIABLE[service]]


def held_servers() -> list[Server]:
    """The bundled servers this process holds a lease on."""
    return [server for lease, server in _held.values() if lease.held]


@atexit.register
def release() -> dict[str, list[int]]:
    """Give all leases of this process back; a server that nobody else uses is stopped. Runs by itself at exit.

    Returns the servers that go on and the processes that use them. Does nothing in a process forked from a holder.
    """
    used: dict[str, list[int]] = {}
    for service in reversed(list(_held)):
        lease, server = _held[service]
        if not lease.held:
            continue
        del _held[service]
        with lease.mutex():
            if lease.drop():
                server.stop()
            else:
                used[service] = lease.holders()
    return used
