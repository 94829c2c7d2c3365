"""Bundled servers in folders of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.embedded.postgres import PostgresServer
from tests.servers import copy_cluster, make_postgres, open_folder


@pytest.fixture(scope="session")
def laid_var() -> Iterator[Path]:
    """A folder with a laid, stopped PostgreSQL cluster, to be copied. An earlier laying was killed half-way."""
    with open_folder() as folder:
        (folder / ".postgres-new-abc").mkdir()
        make_postgres(folder).start()
        make_postgres(folder).stop()
        yield folder


@pytest.fixture
def var() -> Iterator[Path]:
    """An empty folder for local data."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def cluster(laid_var: Path, var: Path) -> PostgresServer:
    """A stopped server with a laid data folder of its own. It does not wait for the disk: the machine stays up."""
    server = copy_cluster(laid_var, var)
    with (server.data / "postgresql.conf").open("a") as stream:
        stream.write("fsync = off\n")
    return server
