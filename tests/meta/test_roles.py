"""Roles hold what `people.md` gives them, permission by permission, and code asks for permissions alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission

from crm.access.guards import permission_label, refusal
from crm.access.roles import ROLES, Reach
from crm.jobs.registry import find

# Who may see which clients.
REACH = {
    Reach.OWN: {"customer_manager", "adviser", "wealth_secretary"},
    Reach.BRANCH: {
        "callback_clerk",
        "counter_clerk",
        "complaint_officer",
        "marketing_director",
        "operations_director",
        "general_manager",
    },
    Reach.REGION: {"region_head"},
    Reach.ALL: {
        "call_centre_agent",
        "call_centre_supervisor",
        "compliance",
        "risk_control",
        "operations_centre",
        "sales_trading_hq",
        "auditor",
    },
    Reach.NONE: {"education_editor", "administrator"},
}
BRANCH_HEADS = {"marketing_director", "operations_director", "general_manager", "region_head"}
READERS = {role for reach, roles in REACH.items() if reach is not Reach.NONE for role in roles}
HEADQUARTERS = {
    "call_centre_supervisor",
    "compliance",
    "risk_control",
    "operations_centre",
    "sales_trading_hq",
    "auditor",
    "administrator",
}
# Whoever talks to clients writes down what was said: branch staff below the regional office, and the call centre.
TALKERS = REACH[Reach.OWN] | REACH[Reach.BRANCH] | {"call_centre_agent", "call_centre_supervisor"}
LISTERS = BRANCH_HEADS | (HEADQUARTERS - {"administrator", "auditor"})
# "Approve client data corrections, hand-overs": the operations director, above him, and the operations centre.
DECIDERS = {"operations_director", "general_manager", "operations_centre"}
# Conduct questions are for callback clerks and the call centre; customer managers make courtesy calls.
CALLERS = {"callback_clerk", "call_centre_agent", "call_centre_supervisor"}
STEERING = {"marketing_director", "call_centre_supervisor"}
PLANNERS = {"sales_trading_hq", "compliance", "auditor"}
# What only the named roles hold. A permission that is not here must be added, with the line of people.md behind it.
HOLDERS = {
    "clients.view_client": READERS,
    "clients.see_own_in_clear": REACH[Reach.OWN],
    # "otherwise reveal needs the permission": directors who correct data or decide, complaint officers, compliance
    "clients.reveal_personal": {"complaint_officer", "operations_director", "general_manager", "compliance"},
    "clients.view_segmentation": BRANCH_HEADS | (HEADQUARTERS - {"administrator"}),
    "clients.view_feedbatch": BRANCH_HEADS | {"compliance", "operations_centre", "sales_trading_hq", "auditor"},
    "clients.feed_own_branch": {"operations_director"},
    "clients.feed_everything": {"operations_centre"},
    "clients.run_segmentation": {"operations_centre", "sales_trading_hq"},
    "clients.try_policy": {"compliance", "sales_trading_hq"},
    "clients.propose_policy": {"sales_trading_hq"},
    "clients.approve_policy": {"compliance", "sales_trading_hq"},
    "clients.enter_contact": TALKERS,
    "clients.look_up_caller": TALKERS,
    "clients.edit_profile": TALKERS,
    "clients.propose_correction": TALKERS,
    "clients.decide_correction": DECIDERS,
    "clients.send_corrections": {"operations_centre"},
    "clients.hand_over_clients": DECIDERS,
    "clients.manage_tags": {"operations_centre", "sales_trading_hq"},
    "crm.send_messages": TALKERS - {"counter_clerk"},
    "crm.manage_templates": {"operations_centre", "sales_trading_hq"},
    "crm.export_lists": LISTERS,
    "crm.share_views": LISTERS,
    "crm.release_exports": DECIDERS | {"compliance"},
    "crm.manage_tokens": {"administrator"},
    "crm.view_read_log": {"compliance", "auditor"},
    "crm.view_change_history": {"compliance", "auditor"},
    "crm.view_jobs": {"operations_centre", "auditor", "administrator"},
    "crm.manage_jobs": {"operations_centre", "administrator"},
    "crm.view_parameter": {"compliance", "operations_centre", "sales_trading_hq", "auditor"},
    "crm.manage_parameters": {"compliance", "operations_centre", "sales_trading_hq"},
    "callbacks.view_calls": READERS,
    "callbacks.view_enquiry": READERS,
    "callbacks.work_calls": CALLERS,
    "callbacks.call_out_of_hours": CALLERS,
    "callbacks.courtesy_calls": {"customer_manager"},
    "callbacks.take_enquiries": TALKERS,
    "callbacks.assign_calls": STEERING,
    "callbacks.take_calls": {"call_centre_supervisor"},
    "callbacks.play_recordings": STEERING | {"general_manager", "compliance", "risk_control", "auditor"},
    "callbacks.view_plan": STEERING | PLANNERS,
    "callbacks.manage_plans": {"sales_trading_hq"},
    "callbacks.try_plans": {"sales_trading_hq", "compliance", "call_centre_supervisor"},
    "callbacks.view_script": CALLERS | STEERING | PLANNERS | {"customer_manager"},
    "callbacks.edit_scripts": {"sales_trading_hq", "call_centre_supervisor"},
    "callbacks.publish_scripts": {"compliance"},
    "callbacks.acknowledge_findings": {"risk_control", "operations_centre"},
    "callbacks.view_concerns": {"compliance", "auditor"},
    "crm.use_admin": {"administrator"},
    "crm.manage_staff": {"administrator"},
}
READING = re.compile(r"\.(view|see|play)_")
# Where a role's code may stand: where roles are laid, where they are given to people, and where the demo firm is.
MAY_NAME_ROLES = (
    "crm/access/",
    "crm/organisation/",
    "crm/management/commands/create_staff.py",
    "clients/demo/",
    "callbacks/demo/",
    "clients/feeds/declared/staff.py",
    "clients/ledger/choices.py",  # a source of alerts bears the same word
)


def test_reach() -> None:
    assert {reach: {code for code, role in ROLES.items() if role.reach is reach} for reach in Reach} == REACH


def test_headquarters_sign_in_with_a_code() -> None:
    assert {code for code, role in ROLES.items() if role.headquarters} == HEADQUARTERS


def test_every_permission_is_held_as_written() -> None:
    held = {permission for role in ROLES.values() for permission in role.permissions}
    found = {permission: {code for code in ROLES if permission in ROLES[code].permissions} for permission in held}
    assert found == HOLDERS


def test_the_auditor_changes_nothing() -> None:
    assert all(READING.search(permission) for permission in ROLES["auditor"].permissions)


def test_the_administrator_knows_no_client() -> None:
    assert not any(permission.startswith("clients.") for permission in ROLES["administrator"].permissions)


def test_nobody_both_proposes_and_administers() -> None:
    """Whoever gives roles holds none of the powers that roles give over clients."""
    for code, role in ROLES.items():
        if "crm.manage_staff" in role.permissions:
            assert role.reach is Reach.NONE, code


@pytest.mark.django_db
def test_every_permission_exists_and_has_a_name() -> None:
    known = {
        f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")
    }
    assert set(HOLDERS) <= known
    assert all(str(permission_label(permission)) != permission for permission in HOLDERS)


@pytest.mark.django_db
def test_groups_equal_the_file() -> None:
    groups = {group.name: group for group in Group.objects.prefetch_related("permissions__content_type")}
    assert set(groups) == set(ROLES)
    for code, role in ROLES.items():
        held = {f"{one.content_type.app_label}.{one.codename}" for one in groups[code].permissions.all()}
        assert held == role.permissions


def test_a_refusal_names_the_roles_that_could() -> None:
    for permission, codes in HOLDERS.items():
        assert all(str(ROLES[code].label) in refusal(permission) for code in codes)


def _sources() -> list[Path]:
    apps = ("crm", "clients", "callbacks", "complaints", "education")
    files = [path for app in apps for path in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in path.parts]
    return [path for path in files if not str(path.relative_to(settings.BASE_DIR)).startswith(MAY_NAME_ROLES)]


def test_code_asks_for_permissions_not_roles() -> None:
    """Neither a role's code in quotes, nor a look into groups."""
    quoted = re.compile(rf"""["']({"|".join(sorted(ROLES))})["']""")
    groups = re.compile(r"user\.groups\b|\.groups\.(all|filter|exists)\b|groups__|is_superuser")
    named = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}: {line.strip()}"
        for path in _sources()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if quoted.search(line) or groups.search(line)
    ]
    assert named == []


def test_every_permission_in_the_code_is_one_that_somebody_holds() -> None:
    """A misspelt permission would lock everybody out."""
    asked = re.compile(
        r"""["']((?:crm|clients|callbacks)\.(?:view|see|reveal|feed|run|try|propose|approve|decide|use|manage|enter|look|edit|send|hand|export|share|release|work|take|play|publish|acknowledge|assign|courtesy|call)_\w+)["']"""
    )
    found = {name for path in _sources() for name in asked.findall(path.read_text())}
    unknown = {name for name in found - set(HOLDERS) if find(name) is None}  # kinds of jobs are called alike
    assert unknown == set()
