"""Every role, its reach over clients and its permissions: the one file that says who may do what (`people.md`).

Roles become Django groups after each migration (`signals.py`); checks in the code go by permission, never by role.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reach(enum.Enum):
    NONE = "none"
    OWN = "own"
    BRANCH = "branch"
    REGION = "region"
    ALL = "all"


@dataclass(frozen=True)
class Role:
    """A role: its name, how far it sees, its permissions, and whether sign-in asks for a one-time code."""

    label: str | Promise
    reach: Reach
    permissions: frozenset[str]
    headquarters: bool = False  # headquarters roles sign in with TOTP


def _may(*permissions: str) -> frozenset[str]:
    return frozenset(permissions)


# Whoever may see clients sees the calls to them.
_READ = _may("clients.view_client", "callbacks.view_calls", "callbacks.view_enquiry")
_SEGMENTS = _may("clients.view_segmentation")
# Whoever talks to clients: writes down what was said and promised, and what the client wishes.
_TALK = _may("clients.enter_contact", "clients.look_up_caller", "clients.edit_profile", "clients.propose_correction")
_SEND = _may("crm.send_messages")
_LISTS = _may("crm.export_lists", "crm.share_views")
_OWN = _READ | _TALK | _SEND | _may("clients.see_own_in_clear", "callbacks.take_enquiries")
_BRANCH_HEADS = _READ | _SEGMENTS | _LISTS | _may("clients.view_feedbatch")
_ENQUIRIES = _may("callbacks.take_enquiries")
_COURTESY = _may("callbacks.courtesy_calls", "callbacks.view_script")
_CALLING = _ENQUIRIES | _may("callbacks.work_calls", "callbacks.view_script")
_ASSIGNING = _may(
    "callbacks.assign_calls", "callbacks.play_recordings", "callbacks.view_plan",
    "callbacks.view_script",
)  # fmt: skip
_SETTING = _may("crm.view_parameter", "crm.manage_parameters")
_DECIDE = _may("clients.decide_correction", "clients.hand_over_clients", "crm.release_exports")

ROLES: dict[str, Role] = {
    "customer_manager": Role(_("Customer manager"), Reach.OWN, _OWN | _COURTESY),
    "callback_clerk": Role(
        _("Callback clerk"), Reach.BRANCH, _READ | _TALK | _SEND | _CALLING | _may("callbacks.call_out_of_hours")
    ),
    "counter_clerk": Role(_("Counter clerk"), Reach.BRANCH, _READ | _TALK | _ENQUIRIES),
    "adviser": Role(_("Investment adviser"), Reach.OWN, _OWN),
    "wealth_secretary": Role(_("Wealth secretary"), Reach.OWN, _OWN),
    "complaint_officer": Role(
        _("Complaint officer"), Reach.BRANCH, _READ | _TALK | _SEND | _ENQUIRIES | _may("clients.reveal_personal")
    ),
    "marketing_director": Role(
        _("Marketing director"), Reach.BRANCH, _BRANCH_HEADS | _TALK | _SEND | _ENQUIRIES | _ASSIGNING
    ),
    "operations_director": Role(
        _("Operations director"),
        Reach.BRANCH,
        _BRANCH_HEADS
        | _TALK
        | _SEND
        | _DECIDE
        | _ENQUIRIES
        | _may("clients.feed_own_branch", "clients.reveal_personal"),
    ),
    "general_manager": Role(
        _("General manager"),
        Reach.BRANCH,
        _BRANCH_HEADS
        | _TALK
        | _SEND
        | _DECIDE
        | _ENQUIRIES
        | _may("clients.reveal_personal", "callbacks.play_recordings"),
    ),
    "region_head": Role(_("Head of regional office"), Reach.REGION, _BRANCH_HEADS),
    "call_centre_agent": Role(
        _("Call-centre agent"), Reach.ALL, _READ | _TALK | _SEND | _CALLING | _may("callbacks.call_out_of_hours")
    ),
    "call_centre_supervisor": Role(
        _("Call-centre supervisor"),
        Reach.ALL,
        _READ
        | _SEGMENTS
        | _TALK
        | _SEND
        | _LISTS
        | _CALLING
        | _ASSIGNING
        | _may("callbacks.call_out_of_hours", "callbacks.take_calls", "callbacks.edit_scripts", "callbacks.try_plans"),
        headquarters=True,
    ),
    "compliance": Role(
        _("Compliance officer"),
        Reach.ALL,
        _READ
        | _SEGMENTS
        | _LISTS
        | _SETTING
        | _may(
            "crm.release_exports",
            "callbacks.view_concerns",
            "callbacks.play_recordings",
            "callbacks.view_script",
            "callbacks.publish_scripts",
            "callbacks.view_plan",
            "callbacks.try_plans",
            "clients.reveal_personal",
            "clients.view_feedbatch",
            "clients.try_policy",
            "clients.approve_policy",
            "crm.view_read_log",
            "crm.view_change_history",
        ),
        headquarters=True,
    ),
    "risk_control": Role(
        _("Risk control"),
        Reach.ALL,
        _READ | _SEGMENTS | _LISTS | _may("callbacks.acknowledge_findings", "callbacks.play_recordings"),
        headquarters=True,
    ),
    "operations_centre": Role(
        _("Operations centre"),
        Reach.ALL,
        _READ
        | _SEGMENTS
        | _LISTS
        | _DECIDE
        | _SETTING
        | _may(
            "callbacks.acknowledge_findings",
            "clients.send_corrections",
            "clients.manage_tags",
            "crm.manage_templates",
            "clients.view_feedbatch",
            "clients.feed_everything",
            "clients.run_segmentation",
            "crm.view_jobs",
            "crm.manage_jobs",
        ),
        headquarters=True,
    ),
    "sales_trading_hq": Role(
        _("Sales & trading headquarters"),
        Reach.ALL,
        _READ
        | _SEGMENTS
        | _LISTS
        | _SETTING
        | _may(
            "callbacks.view_plan",
            "callbacks.manage_plans",
            "callbacks.try_plans",
            "callbacks.view_script",
            "callbacks.edit_scripts",
            "clients.manage_tags",
            "crm.manage_templates",
            "clients.view_feedbatch",
            "clients.run_segmentation",
            "clients.try_policy",
            "clients.propose_policy",
            "clients.approve_policy",
        ),
        headquarters=True,
    ),
    "education_editor": Role(_("Education editor"), Reach.NONE, frozenset()),
    "auditor": Role(
        _("Auditor"),
        Reach.ALL,
        _READ
        | _SEGMENTS
        | _may(
            "clients.view_feedbatch",
            "crm.view_read_log",
            "crm.view_change_history",
            "crm.view_jobs",
            "crm.view_parameter",
            "callbacks.view_concerns",
            "callbacks.play_recordings",
            "callbacks.view_script",
            "callbacks.view_plan",
        ),
        headquarters=True,
    ),
    "administrator": Role(
        _("Administrator"),
        Reach.NONE,
        _may("crm.use_admin", "crm.manage_staff", "crm.manage_tokens", "crm.view_jobs", "crm.manage_jobs"),
        headquarters=True,
    ),
}
