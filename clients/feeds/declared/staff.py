"""Staff: the person, and the one appointment that the core system speaks of.

A person may hold other appointments beside it, which administrators keep: `StaffPost` remembers which one is the
feed's. A role or branch that changes ends it on the day before and starts another; who leaves loses all of them.
"""

# ruff: noqa: S608 (the SQL is made of the constants below)

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.feeds.kinds import Code, Day, Flag, Known, Text
from clients.feeds.load import Load
from clients.feeds.spec import Column, Extra, Feed, Field
from crm.access.roles import ROLES, Reach
from crm.organisation.models import User

KNOWN_UNIT = Known("crm_unit", "code", _("no branch, regional office or department has the code %(cell)s"))
REGIONAL = ", ".join(f"'{code}'" for code, role in ROLES.items() if role.reach is Reach.REGION)

STORED = """(
    SELECT person.id, person.staff_no, person.name, person.phone, person.email, person.is_active, person.left_on,
           held.role, held.unit_id, held.starts_on, held.ends_on, NULL::boolean AS gone
    FROM crm_user AS person
    LEFT JOIN clients_staffpost AS post ON post.user_id = person.id
    LEFT JOIN crm_appointment AS held ON held.id = post.appointment_id)"""

ACTIVE = "coalesce(cell.active, cell.was_is_active, true)"
GONE = f"(NOT {ACTIVE} OR coalesce(cell.left_on <= %(as_of)s, false))"
UNIT = "coalesce(cell.branch_code, cell.was_unit_id, %(headquarters)s)"

# Who works for a whole region is appointed at the regional office that his branch belongs to.
POSTED = f"""CASE WHEN cell.role IN ({REGIONAL}) THEN coalesce((
        SELECT region.id FROM crm_unit AS branch JOIN crm_unit AS region ON region.id = branch.parent_id
        WHERE branch.id = {UNIT} AND branch.kind = 'branch' AND region.kind = 'region'), {UNIT})
    ELSE {UNIT} END"""

# The last day on which the post is held: the one before he leaves. What has ended stays as it is.
ENDS = f"""CASE
    WHEN {GONE} AND (cell.was_starts_on IS NULL OR cell.was_ends_on < %(as_of)s) THEN cell.was_ends_on
    WHEN {GONE} THEN greatest(cell.was_starts_on, least(cell.left_on, %(as_of)s) - 1)
    WHEN cell.left_on IS NOT NULL THEN greatest(cell.was_starts_on, cell.left_on - 1) END"""

WORKING = "sifted.fate IN ('new', 'changed') AND NOT sifted.gone"
HELD = "(held.ends_on IS NULL OR held.ends_on >= %(as_of)s)"


def adopt_posts(load: Load) -> None:
    """Whoever holds a single appointment and came without a feed: that is the one the feed speaks of."""
    load.params["headquarters"] = _headquarters(load)
    load.run(
        f"""INSERT INTO clients_staffpost (user_id, appointment_id)
            SELECT held.user_id, min(held.id)
            FROM staged JOIN crm_user AS person ON person.staff_no = staged.staff_no
            JOIN crm_appointment AS held
              ON held.user_id = person.id AND held.starts_on <= %(as_of)s AND {HELD}
            WHERE NOT EXISTS (SELECT FROM clients_staffpost WHERE user_id = person.id)
            GROUP BY held.user_id HAVING count(DISTINCT held.id) = 1"""
    )


def _headquarters(load: Load) -> int:
    """Headquarters, where staff without a branch belong; made where the firm has none yet."""
    load.run(
        """INSERT INTO crm_unit (kind, code, name, province, city, phone, email, is_active)
           SELECT 'headquarters', 'HQ', 'HQ', '', '', '', '', true
           WHERE NOT EXISTS (SELECT FROM crm_unit WHERE kind = 'headquarters') ON CONFLICT (code) DO NOTHING"""
    )
    (unit_id,) = load.one("SELECT min(id) FROM crm_unit WHERE kind = 'headquarters'")
    return int(unit_id)


def keep_posts(load: Load) -> None:
    """Bring the appointments in line with what was written about the people."""
    _end_for_leavers(load)
    _find_moved(load)
    _end_old_posts(load)
    _start_posts(load)
    _follow_dates(load)


def _end_for_leavers(load: Load) -> None:
    """All appointments of a person end with the day before he leaves, not only the one by feed."""
    load.run(
        """UPDATE crm_appointment AS held SET ends_on = greatest(held.starts_on, leaving.last_day)
           FROM (SELECT person.id AS user_id,
                        (CASE WHEN sifted.gone THEN least(sifted.left_on, %(as_of)s)
                              ELSE sifted.left_on END) - 1 AS last_day
                 FROM sifted JOIN crm_user AS person USING (staff_no)
                 WHERE sifted.fate IN ('new', 'changed') AND (sifted.gone OR sifted.left_on IS NOT NULL)) AS leaving
           WHERE held.user_id = leaving.user_id AND (held.ends_on IS NULL OR held.ends_on > leaving.last_day)
             AND held.ends_on IS DISTINCT FROM greatest(held.starts_on, leaving.last_day)"""
    )


def _find_moved(load: Load) -> None:
    """The temporary table `moved`: who works from now on in another post than his, or has none; with the post he has
    already where it is the right one (`same_id`), and the one that the feed kept until now (`old_id`).
    """
    load.run("DROP TABLE IF EXISTS pg_temp.moved")
    load.run(
        f"""CREATE TEMP TABLE moved ON COMMIT DROP AS
            SELECT person.id AS user_id, sifted.role, sifted.unit_id,
                   CASE WHEN sifted.left_on IS NOT NULL THEN sifted.left_on - 1 END AS ends_on, old.id AS old_id,
                   (SELECT held.id FROM crm_appointment AS held
                    WHERE held.user_id = person.id AND held.role = sifted.role AND held.unit_id = sifted.unit_id
                      AND {HELD} ORDER BY held.starts_on LIMIT 1) AS same_id
            FROM sifted JOIN crm_user AS person USING (staff_no)
            LEFT JOIN clients_staffpost AS post ON post.user_id = person.id
            LEFT JOIN crm_appointment AS old ON old.id = post.appointment_id
            WHERE {WORKING}
              AND ((old.role, old.unit_id) IS DISTINCT FROM (sifted.role, sifted.unit_id) OR old.ends_on < %(as_of)s)"""
    )


def _end_old_posts(load: Load) -> None:
    """An old post ends on the day before. One that began only today never was: it becomes the new one."""
    load.run(
        """UPDATE crm_appointment AS held SET ends_on = greatest(held.starts_on, %(as_of)s::date - 1)
           FROM moved WHERE held.id = moved.old_id AND (held.starts_on < %(as_of)s OR moved.same_id IS NOT NULL)
             AND (held.ends_on IS NULL OR held.ends_on >= %(as_of)s)"""
    )
    load.run(
        """UPDATE crm_appointment AS held
           SET role = moved.role, unit_id = moved.unit_id, starts_on = %(as_of)s, ends_on = moved.ends_on
           FROM moved WHERE held.id = moved.old_id AND moved.same_id IS NULL AND held.starts_on >= %(as_of)s"""
    )


def _start_posts(load: Load) -> None:
    """New posts begin today; one that was planned for later is brought forward. The feed remembers them as its own."""
    load.run(
        """UPDATE crm_appointment AS held SET starts_on = %(as_of)s
           FROM moved WHERE held.id = moved.same_id AND held.starts_on > %(as_of)s"""
    )
    load.run(
        """INSERT INTO crm_appointment (user_id, unit_id, role, starts_on, ends_on)
           SELECT moved.user_id, moved.unit_id, moved.role, %(as_of)s, moved.ends_on
           FROM moved LEFT JOIN crm_appointment AS old ON old.id = moved.old_id
           WHERE moved.same_id IS NULL AND (old.id IS NULL OR old.starts_on < %(as_of)s)"""
    )
    load.run(
        f"""INSERT INTO clients_staffpost (user_id, appointment_id)
            SELECT moved.user_id, held.id
            FROM moved JOIN crm_appointment AS held
              ON held.user_id = moved.user_id AND held.role = moved.role AND held.unit_id = moved.unit_id
                 AND held.starts_on <= %(as_of)s AND {HELD}
            ON CONFLICT (user_id) DO UPDATE SET appointment_id = excluded.appointment_id"""
    )


def _follow_dates(load: Load) -> None:
    """A day of leaving that was taken back, or put off, moves the end of the post."""
    ends = "CASE WHEN sifted.left_on IS NOT NULL THEN greatest(held.starts_on, sifted.left_on - 1) END"
    load.run(
        f"""UPDATE crm_appointment AS held SET ends_on = {ends}
            FROM sifted JOIN crm_user AS person USING (staff_no)
            JOIN clients_staffpost AS post ON post.user_id = person.id
            WHERE {WORKING} AND held.id = post.appointment_id AND held.ends_on IS DISTINCT FROM {ends}"""
    )


STAFF = Feed(
    name="staff",
    title=_("Staff"),
    model=User,
    stored=STORED,
    key=("staff_no",),
    columns=(
        Column("staff_no", Text(32), store="staff_no", required=True),
        Column("name", Text(200), store="name", required=True),
        Column("branch_code", KNOWN_UNIT, empty="%(headquarters)s"),
        Column("role", Code({role: role for role in ROLES}), required=True),
        Column("phone", Text(50), store="phone", empty="''"),
        Column("email", Text(254), store="email", empty="''"),
        Column("active", Flag("1", "0"), empty="true"),
        Column("left_on", Day(), store="left_on"),
    ),
    fields=(
        Field("is_active", ACTIVE, columns=("active",)),
        Field("gone", GONE, elsewhere=True),
        Field("starts_on", "cell.was_starts_on", elsewhere=True),
        Field("role", f"CASE WHEN {GONE} THEN cell.was_role ELSE cell.role END", ("role", "active"), elsewhere=True),
        Field("unit_id", f"CASE WHEN {GONE} THEN cell.was_unit_id ELSE {POSTED} END", ("role",), elsewhere=True),
        Field("ends_on", ENDS, ("role",), elsewhere=True),
    ),
    extras=(
        # No password: an administrator gives one. `!` marks it for Django.
        Extra("password", "'!' || replace(gen_random_uuid()::text, '-', '')"),
    ),
    before_sift=adopt_posts,
    after_write=keep_posts,
)
