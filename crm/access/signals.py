"""What must follow every migration (roles as groups, the rights of the runtime role) and every change of a password."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from psycopg2 import sql

from crm.access.roles import ROLES
from crm.organisation.models import User
from crm.organisation.services import keep_own_password

# Tables that the runtime role may only read and add to. Event tables of `keep_history` come on top.
APPEND_ONLY = (
    "crm_readlog",
    "crm_transition",
    "callbacks_skip",
    "clients_segmentchange",
    "clients_clientnote",
    "callbacks_telephonyevent",
)
# Tables whose rows the runtime role may not delete, and the columns that it may change.
KEPT = {
    "crm_storedfile": ("retained_until", "checked_at", "fault"),
    "callbacks_recording": ("call_id", "attempt_id", "enquiry_id", "peaks"),
}


@receiver(post_migrate)
def roles_and_rights(sender: Any, **kwargs: Any) -> None:
    """Once a migration is over for the last app (so that every permission exists), lay roles and rights.

    Django sends the signal for apps with models alone.
    """
    last = [config.label for config in apps.get_app_configs() if config.models_module][-1]
    if sender.label != last:
        return
    sync_roles()
    grant_runtime_rights()


def sync_roles() -> None:
    """Make the groups equal to `ROLES`: one group a role, with exactly its permissions."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for code, role in ROLES.items():
        group, _created = Group.objects.get_or_create(name=code)
        group.permissions.set([known[name] for name in role.permissions])


def append_only_tables() -> list[str]:
    """Every table on which the runtime role has no UPDATE, DELETE or TRUNCATE."""
    history = [m._meta.db_table for m in apps.get_models() if hasattr(m, "pgh_tracked_model")]
    return sorted([*history, *APPEND_ONLY])


def grant_runtime_rights() -> None:
    """Grant the runtime role its work on every table, and take changes of history away."""
    role = sql.Identifier(settings.DATABASE_RUNTIME_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user = %s OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)",
            [settings.DATABASE_RUNTIME_ROLE] * 2,
        )
        if cursor.fetchone()[0]:
            return  # one role for everything (somebody's own server): nothing to divide
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=role))
        for table in [*append_only_tables(), *KEPT]:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                    table=sql.Identifier(table), role=role
                )
            )
        for table, columns in KEPT.items():
            cursor.execute(
                sql.SQL("GRANT UPDATE ({columns}) ON {table} TO {role}").format(
                    table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)), role=role
                )
            )


@receiver(password_changed)
def own_password_chosen(sender: Any, user: User, **kwargs: Any) -> None:
    """Whoever chose a password himself is not asked to again."""
    keep_own_password(person=user)
