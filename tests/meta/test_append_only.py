"""History and logs can be read and added to by the running product, and nothing else (`people.md`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import Error, connection, transaction

from crm.access.signals import append_only_tables

pytestmark = pytest.mark.django_db

LOGS = {"crm_readlog", "clients_segmentchange"}
FACTS = ("clients_assetsnapshot", "clients_trade", "clients_cashflow")
REFUSED = "permission denied"


@pytest.fixture
def runtime() -> Iterator[None]:
    """What the product's own role may do, inside this test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [settings.DATABASE_RUNTIME_ROLE])
        if not cursor.rowcount:
            pytest.fail(f"the server has no role {settings.DATABASE_RUNTIME_ROLE}")
        cursor.execute(f"SET LOCAL ROLE {settings.DATABASE_RUNTIME_ROLE}")
        yield
        cursor.execute("RESET ROLE")


def refusal(statement: str) -> str:
    """Why the database refuses a statement; empty when it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        return str(error)
    return ""


def history_tables() -> list[str]:
    """Of every model that keeps history, in every app: named here, not where the rights are taken away."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model.__name__.endswith("Event") and hasattr(model, "pgh_obj")
    )


def test_every_history_is_on_the_list() -> None:
    assert len(history_tables()) > 8
    assert set(history_tables()) | LOGS <= set(append_only_tables())


@pytest.mark.usefixtures("runtime")
def test_no_history_or_log_can_be_changed() -> None:
    column = (
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped LIMIT 1"
    )
    for table in append_only_tables():
        with connection.cursor() as cursor:
            cursor.execute(column, [table])
            (name,) = cursor.fetchone()
        for statement in (
            f'UPDATE {table} SET "{name}" = "{name}"',
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            assert REFUSED in refusal(statement), statement
        assert refusal(f"SELECT FROM {table} LIMIT 1") == "", table


@pytest.mark.usefixtures("runtime")
def test_no_table_can_be_emptied_dropped_or_altered() -> None:
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent::regclass::text = ANY(%s)", [list(FACTS)]
        )
        partitions = [row[0] for row in cursor.fetchall()]
    for table in {*tables, *partitions, *FACTS}:
        assert REFUSED in refusal(f'TRUNCATE "{table}" CASCADE'), table
        for statement in (f'DROP TABLE "{table}"', f'ALTER TABLE "{table}" DISABLE TRIGGER ALL'):
            assert "must be owner" in refusal(statement), statement


@pytest.mark.usefixtures("runtime")
def test_partitions_made_while_running_are_no_weaker() -> None:
    with connection.cursor() as cursor:
        for table in FACTS:
            cursor.execute("SELECT clients_ensure_months(%s, '2031-05-01', '2031-05-31')", [table])
    for table in FACTS:
        assert REFUSED in refusal(f"TRUNCATE {table}_203105"), table
        assert "must be owner" in refusal(f"DROP TABLE {table}_203105"), table


@pytest.mark.usefixtures("runtime")
def test_the_role_lays_no_tables_and_switches_no_trigger_off() -> None:
    assert REFUSED in refusal("CREATE TABLE public.mine (id int)")
    assert REFUSED in refusal("SET session_replication_role = replica")
    assert "must be" in refusal("ALTER FUNCTION clients_ensure_months(text, date, date) OWNER TO crm_app")
