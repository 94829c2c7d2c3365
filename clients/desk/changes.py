"""Changes of segment as lines of a list: before, after, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.safestring import SafeString

from clients.desk.rows import BRANCH_SUFFIX, client_url
from clients.desk.sentences import reason_in_short
from clients.profile.models import Client
from clients.profile.policies import shown_name
from clients.segmentation.choices import ChangeKind
from clients.segmentation.models import SegmentChange
from crm.web.templatetags.ui import badge


class ChangeRow(NamedTuple):
    """One change, ready to be written."""

    url: str
    number: str
    name: str
    is_own: bool
    before: Sequence[SafeString]
    after: Sequence[SafeString]
    why: str
    assets: Decimal
    branch: str


def rows_of_changes(changes: Sequence[SegmentChange], own_ids: frozenset[int]) -> list[ChangeRow]:
    """The lines of these changes: one query for their clients."""
    clients = Client.objects.select_related("branch").in_bulk([change.client_id for change in changes])
    return [_row(change, clients[change.client_id], own_ids) for change in changes]


def _row(change: SegmentChange, client: Client, own_ids: frozenset[int]) -> ChangeRow:
    is_own = client.manager_id in own_ids
    return ChangeRow(
        url=client_url(client.client_no),
        number=client.client_no,
        name=shown_name(client.name, client.kind, clear=is_own),
        is_own=is_own,
        before=badges_before(change),
        after=badges_after(change),
        why=reason_in_short(change),
        assets=change.average_assets,
        branch=client.branch.name.removesuffix(BRANCH_SUFFIX),
    )


def badges_before(change: SegmentChange) -> list[SafeString]:
    """What of the former standing no longer holds; nothing for a client's first."""
    if not change.old_group:
        return []
    return _badges(change, change.old_tier, change.old_style, change.old_matches or [change.old_group])


def badges_after(change: SegmentChange) -> list[SafeString]:
    """What is new; for a closed client that alone."""
    if change.kind == ChangeKind.CLOSING:
        return [badge("client", "closed")]
    return _badges(change, change.tier, change.style, change.matches or [change.group])


def _badges(change: SegmentChange, tier: str, style: str, groups: Sequence[str]) -> list[SafeString]:
    """One side of a change: tier, style and groups, each only where the two sides differ. The primary group leads."""
    shown = [badge("tier", tier)] if change.old_tier != change.tier else []
    shown += [badge("style", style)] if change.old_style != change.style else []
    if (change.old_group, change.old_matches) != (change.group, change.matches):
        shown += [badge("group", code) for code in groups]
    return shown
