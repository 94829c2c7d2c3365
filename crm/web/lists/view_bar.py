"""The bar above a list: its saved views as tabs, what may be done with the open one, the choice of columns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from crm.exports.choices import ExportReason
from crm.exports.registry import find
from crm.web.lists.spec import names_of
from crm.web.lists.state import ALL, OF_THE_KIT, VIEW, Kept, ListState, read_state, strays
from crm.web.services import units_to_share_with
from crm.web.written import written

if TYPE_CHECKING:
    from crm.organisation.models import Unit, User
    from crm.web.models import SavedView

SHOWN_AS_TABS = 5
EXPORT = "crm.export_lists"


@dataclass(frozen=True)
class ViewTab:
    """One view in the bar; `shared` names the unit it is shared with, `owner` who shares it when it is another's."""

    name: str
    url: str
    active: bool
    is_default: bool = False
    shared: str = ""
    owner: str = ""


@dataclass(frozen=True)
class ColumnLine:
    """One line of the dialog that chooses columns."""

    name: str
    label: str
    shown: bool
    lead: bool


@dataclass(frozen=True)
class Bar:
    """What `crm/web/lists/bar.html` shows. `changed`: the list differs from the view that it began with."""

    list_name: str
    state: ListState
    tabs: Sequence[ViewTab]
    more: Sequence[ViewTab]
    view: SavedView | None
    is_own: bool
    changed: bool
    user: User

    @property
    def all_url(self) -> str:
        """The list with nothing filtered, whatever opens first."""
        return f"{self.state.path}?{ALL}=1" if self.state.kept.opens_first else self.state.path

    @property
    def view_url(self) -> str:
        """The open view as it was saved."""
        return f"{self.state.path}?{VIEW}={self.view.pk}" if self.view else self.all_url

    @property
    def here(self) -> str:
        return self.state.url()

    @property
    def without_columns(self) -> str:
        """This list with the columns that the reader keeps."""
        return self.state.url(columns=False)

    @cached_property
    def units(self) -> list[Unit]:
        """With whom the reader may share a view."""
        return units_to_share_with(self.user)

    @property
    def columns_to_keep(self) -> str:
        """The columns that a saved view keeps, with commas between: none while they are the usual ones."""
        return "" if self.usual_columns else ",".join(self.state.column_names)

    @property
    def usual_columns(self) -> bool:
        return self.state.column_names == names_of(self.state.spec.usual)

    @cached_property
    def columns(self) -> tuple[ColumnLine, ...]:
        """Those that are shown in their order, then the others; none where they cannot be chosen."""
        spec, shown = self.state.spec, self.state.columns
        if not spec.choosable:
            return ()
        names = names_of(shown)
        others = [column for column in spec.columns if column.name not in names]
        every = (*shown, *others)
        return tuple(ColumnLine(column.name, str(column.label), column.name in names, column.lead) for column in every)

    @property
    def column_lines(self) -> SafeString:
        """The lines of the dialog: every page has the same dozen, each with two buttons and their words."""
        return written("crm/web/lists/column_lines.html", columns=self.columns)

    @property
    def may_export(self) -> bool:
        return self.user.has_perm(EXPORT) and find(self.list_name) is not None

    @property
    def column_list(self) -> str:
        return ",".join(self.state.column_names)

    @property
    def export_reasons(self) -> Sequence[tuple[str, str | Promise]]:
        return ExportReason.choices

    @property
    def release_rows(self) -> int:
        """Above how many rows a second person releases an export."""
        return int(settings.EXPORT_RELEASE_ROWS)

    @cached_property
    def new_key(self) -> str:
        """The key of one form: sent twice, it asks once."""
        return str(uuid.uuid4())


def bar_of(state: ListState, list_name: str, user: User, views: Sequence[SavedView], view: SavedView | None) -> Bar:
    """The bar for `user`: his own views first, then those that others share, each by name."""
    ordered = sorted(views, key=lambda one: (one.owner_id != user.pk, one.name))
    tabs = [_tab(state, one, user, active=view is not None and one.pk == view.pk) for one in ordered]
    shown, more = tabs[:SHOWN_AS_TABS], tabs[SHOWN_AS_TABS:]
    if active := [tab for tab in more if tab.active]:
        shown, more = [*shown, *active], [tab for tab in more if not tab.active]
    is_own = view is not None and view.owner_id == user.pk
    return Bar(list_name, state, shown, more, view, is_own, view is not None and _differs(state, view), user)


def _tab(state: ListState, view: SavedView, user: User, *, active: bool) -> ViewTab:
    return ViewTab(
        name=view.name,
        url=f"{state.path}?{VIEW}={view.pk}",
        active=active,
        is_default=view.is_default and view.owner_id == user.pk,
        shared=view.unit.name if view.unit else "",
        owner="" if view.owner_id == user.pk else view.owner.name,
    )


def _differs(state: ListState, view: SavedView) -> bool:
    """Whether the list is no longer shown as the view says. What of the view does not fit any more differs too."""
    params = QueryDict(view.query)
    saved = read_state(state.spec, params, state.path, Kept(columns=tuple(view.columns)))
    columns = bool(view.columns) and saved.column_names != state.column_names
    said = state.columns_said and not view.columns and state.column_names != names_of(state.spec.usual)
    left_out = saved.problems or strays(state.spec, params, OF_THE_KIT)
    return bool(left_out) or saved.query != state.query or columns or said
