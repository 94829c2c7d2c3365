"""Real data of other people's making, loaded as a user would load it.

The folders lie at `$CRM_SHARED/data/feeds` or at `../shared/data/feeds` from the project's root. Where they are
absent the tests say so and are skipped; under CI that is a failure.
"""

from __future__ import annotations

import io
import json
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

PROJECT = Path(__file__).resolve().parents[2]
# The order in which a firm loads its feeds: who is referred to comes first.
ORDER = (
    "branches",
    "staff",
    "clients",
    "assets",
    "trades",
    "cashflows",
    "alerts",
    "risk_assessments",
    "service_records",
    "permission_requests",
    "complaints",
)

Summary = dict[str, Any]  # the JSON object on the last line of `import_feed`
LoadFeeds = Callable[[str], dict[str, Summary]]


@pytest.fixture(scope="session")
def shared_feeds() -> Path:
    """The folder that holds one folder per real data set."""
    folder = Path(os.environ.get("CRM_SHARED", PROJECT.parent / "shared")) / "data" / "feeds"
    if folder.is_dir():
        return folder
    message = f"REAL DATA NOT FOUND at {folder}: set CRM_SHARED to the folder that holds data/feeds"
    if os.environ.get("CI"):
        pytest.fail(message)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(message, stacklevel=1)
    pytest.skip(message)


@pytest.fixture(scope="module")
def load_feeds(shared_feeds: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LoadFeeds]:
    """Loads every file of one data set through `import_feed`; returns the summaries by feed.

    One transaction for the module: all its tests may read the database, and its end takes everything back. They
    carry `pytest.mark.django_db`: by that mark pytest-django knows that a test database is wanted.
    """
    name = str(connection.settings_dict["NAME"])
    assert name.startswith("test_"), f"{name} is no test database: mark the module with pytest.mark.django_db"

    def load(name: str) -> dict[str, Summary]:
        files = {path.name.split(".")[0]: path for path in sorted((shared_feeds / name).glob("*.csv*"))}
        assert files, f"no feed files in {shared_feeds / name}"
        assert set(files) <= set(ORDER), f"unknown feeds: {set(files) - set(ORDER)}"
        summaries = {feed: run_import(feed, files[feed]) for feed in ORDER if feed in files}
        with connection.cursor() as cursor:  # once here, or it would be done at the end of every test
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        return summaries

    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            yield load
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


def run_import(feed: str, path: Path) -> Summary:
    """`manage.py import_feed feed path`; the JSON object of its last line. Fails when a row was rejected."""
    out = io.StringIO()
    call_command("import_feed", feed, str(path), stdout=out)
    summary: Summary = json.loads(out.getvalue().strip().splitlines()[-1])
    assert summary["rejected"] == 0, summary
    return summary
