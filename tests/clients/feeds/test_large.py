"""Very large files in a process of its own: four times the rows take no more memory. The database works on what fits
into its limits and puts the rest on disk.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import connection

from crm.embedded.places import PROJECT
from crm.embedded.postgres import RUNTIME_ROLE
from crm.embedded.processes import wait_until
from tests.clients.feeds.loading import rows
from tests.factories.clients import client
from tests.factories.units import branch
from tests.servers import clean_environment

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600), pytest.mark.django_db(transaction=True)]

MB = 1024 * 1024
LIMIT_BYTES = 300 * MB
SLACK_BYTES = 24 * MB  # what an allocator may keep; a row that stayed would take a hundred bytes and more


class Used(NamedTuple):
    """Exit code, summary, and the most memory that the command and its backend in PostgreSQL had, in bytes."""

    code: int
    summary: dict[str, int]
    command: int
    backend: int


def assets(count: int) -> Iterator[str]:
    """Facts of a thousand clients, as PostgreSQL reads them itself."""
    yield "client_no,date,cash,securities\n"
    for number in range(count):
        day = number // 1000
        yield f"C{number % 1000},{2000 + day // 336}-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d},{number}.25,-7\n"


def quoted_assets(count: int) -> Iterator[str]:
    """The same, every row of which is taken apart here."""
    for line in assets(count):
        yield f'"{line[:-1]}"\r\n'.replace(",", '","')


def strangers(count: int) -> Iterator[str]:
    """Nobody knows these clients: every row goes to the errors file."""
    yield "client_no,date,cash,securities\n"
    for number in range(count):
        yield f"X{number},2026-11-20,1,2\n"


def people(count: int) -> Iterator[str]:
    """New clients, whose personal data are sealed."""
    yield "client_no,name,branch_code,opened_on,phone,id_number,email,address\n"
    for number in range(count):
        personal = f"138{number:08d},{number:018d},n{number}@example.com,上海市{number}号"
        yield f"N{number},张伟,B1,2020-01-01,{personal}\n"


def load(folder: Path, feed: str, lines: Iterator[str]) -> Used:
    """Load a packed file with these lines through the command."""
    path = folder / f"{feed}.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as file:
        file.writelines(lines)
    command = [sys.executable, "manage.py", "import_feed", feed, str(path)]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment(), stdout=said, stderr=said)
    most = {"VmHWM": 0, "RssAnon": 0}

    def has_ended() -> bool:
        most["VmHWM"] = memory_of(process.pid, "VmHWM") or most["VmHWM"]  # the peak itself: the last word counts
        most["RssAnon"] = max(most["RssAnon"], *(memory_of(pid, "RssAnon") for pid in backends()))
        return process.poll() is not None

    assert wait_until(has_ended, 1800)
    text = (folder / "said").read_text()
    assert process.returncode in (0, 3), text
    return Used(process.returncode, json.loads(text.splitlines()[-1]), most["VmHWM"], most["RssAnon"])


def environment() -> dict[str, str]:
    """The product's own, as its runtime role, on the database of the tests."""
    found = connection.settings_dict
    host = found["HOST"] or found["OPTIONS"].get("host", "")
    return clean_environment(settings.VAR_DIR) | {
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "DATABASE_URL": f"postgresql://{RUNTIME_ROLE}@/{found['NAME']}?host={host}",
        "REDIS_URL": "redis://nowhere",
        "CRM_KEYS": str(settings.KEY_DIR),
    }


def backends() -> list[int]:
    """The processes that serve other connections to this database, and none."""
    found = rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    return [0, *(pid for (pid,) in found)]


def memory_of(pid: int, what: str) -> int:
    """Memory of a process in bytes by its name in `/proc`; 0 where the process is gone."""
    try:
        known = re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(known[1]) * 1024 if known else 0


@pytest.fixture
def firm(db: None) -> Iterator[None]:
    """A thousand clients. Facts are taken away again here: what empties tables after a test passes over partitions."""
    home = branch(code="B1")
    for number in range(1000):
        client(client_no=f"C{number}", branch=home)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE clients_assetsnapshot")


@pytest.mark.parametrize(
    ("feed", "lines", "few", "code"),
    [
        ("assets", assets, 500_000, 0),
        ("assets", quoted_assets, 250_000, 0),
        ("assets", strangers, 250_000, 3),
        ("clients", people, 30_000, 0),
    ],
)
@pytest.mark.usefixtures("firm")
def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, feed: str, lines: Callable[[int], Iterator[str]], few: int, code: int
) -> None:
    small = load(tmp_path, feed, lines(few))
    large = load(tmp_path, feed, lines(4 * few))
    for used, count in ((small, few), (large, 4 * few)):
        assert (used.code, used.summary["rows"]) == (code, count)
        assert max(used.command, used.backend) < LIMIT_BYTES, used
    assert large.command < small.command + SLACK_BYTES, (small, large)
