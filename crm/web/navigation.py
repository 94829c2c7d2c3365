"""The navigation: every page it leads to, with the permission that opens it. Pages of all apps, by name of address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.organisation.models import User


@dataclass(frozen=True)
class Target:
    """A page of the navigation. `permissions`: one of them is enough; none: open to everybody who is signed in."""

    label: str | Promise
    name: str
    icon: str
    permissions: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Item:
    """A link as the frame shows it."""

    label: str | Promise
    url: str
    icon: str
    key: str
    active: bool = False


@dataclass(frozen=True)
class Group:
    label: str | Promise
    items: tuple[Item, ...]


_CALLING = ("callbacks.work_calls", "callbacks.courtesy_calls")
_CONCERNS = ("callbacks.view_concerns", "callbacks.acknowledge_findings")
_FEEDING = ("clients.view_feedbatch", "clients.feed_everything", "clients.feed_own_branch")
_CORRECTING = ("clients.decide_correction", "clients.send_corrections")
_SEGMENTS = ("clients.view_segmentation",)
_WATCHING = ("crm.view_read_log",)
_EXPORTING = ("crm.export_lists", "crm.release_exports")

TARGETS: tuple[tuple[str | Promise, tuple[Target, ...]], ...] = (
    (
        "",
        (
            Target(pgettext_lazy("page", "Home"), "home", "home", key="g h"),
            Target(_("My queue"), "callbacks:queue", "clipboard-list", _CALLING, key="g b"),
            Target(_("Clients"), "clients:list", "users", ("clients.view_client",), key="g c"),
            Target(_("Promises"), "clients:promises", "flag", ("clients.enter_contact",), key="g v"),
            Target(_("Enquiries"), "callbacks:enquiries", "message-report", ("callbacks.view_enquiry",), key="g q"),
            Target(_("Who is calling"), "clients:look-up", "phone", ("clients.look_up_caller",), key="g w"),
            Target(_("Client lists"), "clients:client-lists", "list-details", ("clients.view_client",)),
        ),
    ),
    (
        _("Callbacks"),
        (
            Target(_("Calls"), "callbacks:calls", "phone", ("callbacks.view_calls",), key="g n"),
            Target(_("Live board"), "callbacks:board", "presentation", ("callbacks.assign_calls",), key="g t"),
            Target(_("Contact figures"), "clients:contact-figures", "chart-bar", _SEGMENTS),
            Target(_("Callback plans"), "callbacks:plans", "calendar", ("callbacks.view_plan",)),
            Target(_("Scripts"), "callbacks:scripts", "book", ("callbacks.view_script",)),
            Target(_("Brought up in calls"), "callbacks:concerns", "shield-check", _CONCERNS),
            Target(_("Unmatched recordings"), "callbacks:recordings", "microphone", ("callbacks.assign_calls",)),
        ),
    ),
    (
        _("Segmentation"),
        (
            Target(_("Composition"), "clients:segmentation", "chart-bar", _SEGMENTS, key="g s"),
            Target(_("Runs"), "clients:runs", "history", _SEGMENTS, key="g r"),
            Target(_("Policies"), "clients:policies", "file-text", _SEGMENTS, key="g p"),
        ),
    ),
    (
        _("Data"),
        (
            Target(_("Exports"), "exports:list", "file-spreadsheet", _EXPORTING, key="g e"),
            Target(_("Imports"), "clients:imports", "database-import", _FEEDING, key="g i"),
            Target(_("Corrections"), "clients:corrections", "clipboard-check", _CORRECTING, key="g k"),
            Target(_("Hand-overs"), "clients:handovers", "arrows-exchange", ("clients.hand_over_clients",), key="g o"),
            Target(_("Outbox"), "messaging:outbox", "mail", ("crm.manage_templates",), key="g m"),
            Target(_("Background jobs"), "jobs:list", "refresh", ("crm.view_jobs",), key="g j"),
        ),
    ),
    (
        _("Oversight"),
        (
            Target(_("Read log"), "clients:reads", "eye", _WATCHING, key="g l"),
            Target(_("Unusual reading"), "clients:unusual", "shield-check", _WATCHING, key="g u"),
        ),
    ),
    (
        _("System"),
        (
            Target(_("Parameters"), "parameters:list", "settings", ("crm.view_parameter",)),
            Target(_("Reference tables"), "admin:index", "table", ("crm.use_admin",)),
        ),
    ),
)


def navigation(user: User, path: str) -> list[Group]:
    """What `user` may open, with the item that `path` belongs to marked."""
    held = user.get_all_permissions()
    groups = []
    for label, targets in TARGETS:
        open_to = (t for t in targets if not t.permissions or held.intersection(t.permissions))
        items = tuple(item for item in map(_item, open_to) if item)
        groups.append(Group(label, items))
    return _marked([group for group in groups if group.items], path)


def _item(target: Target) -> Item | None:
    """None for a page that this installation does not serve."""
    try:
        return Item(target.label, reverse(target.name), target.icon, target.key)
    except NoReverseMatch:
        return None


def _marked(groups: list[Group], path: str) -> list[Group]:
    """The item with the longest address that `path` begins with is the one we are on; home only on itself."""
    home = groups[0].items[0].url if groups else "/"
    urls = [item.url for group in groups for item in group.items]
    begun = [url for url in urls if path == url or (url != home and path.startswith(url))]
    here = max(begun, key=len, default=None)
    return [Group(g.label, tuple(replace(item, active=item.url == here) for item in g.items)) for g in groups]
