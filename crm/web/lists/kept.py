"""What a reader keeps about a list, put together with what the address asks for.

    page = open_list(request, "clients", lambda params: client_list(user, params, today), rows_in_scope)

gives the list saved views, one of which may open first, and, where its spec is `choosable`, the choice of columns.
`crm/web/lists/bar.html` shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from crm.access.guards import user_of
from crm.organisation.models import User
from crm.web.lists.page import ListPage, list_page
from crm.web.lists.spec import ListSpec
from crm.web.lists.state import OF_THE_KIT, VIEW, Kept, strays
from crm.web.lists.view_bar import bar_of
from crm.web.models import Preference, SavedView
from crm.web.services import columns_preference

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Asked:
    """What is asked for: the address's parameters, or those of the view that it opens."""

    params: QueryDict
    kept: Kept
    views: Sequence[SavedView]
    view: SavedView | None = None
    opened: bool = False  # the parameters are the view's
    problems: list[str] = field(default_factory=list)


def open_list(
    request: HttpRequest, name: str, spec_for: Callable[[QueryDict], ListSpec], queryset: QuerySet[M]
) -> ListPage[M]:
    """The page of the list `name`, with the reader's views and columns: two queries more than `list_page`.

    `spec_for` declares the list for the parameters it is opened with; `queryset` is already inside the user's scope.
    """
    user = user_of(request)
    asked = asked_for(user, name, request.GET)
    spec = spec_for(asked.params)
    page = list_page(spec, queryset, asked.params, request.path, asked.kept)
    left_out = [*page.problems, *strays(spec, asked.params, OF_THE_KIT)]
    problems = [*asked.problems, *left_out]
    if asked.view is not None and asked.opened and left_out:
        problems.insert(0, _("The view “%(view)s” no longer fits this list.") % {"view": asked.view.name})
    return replace(page, problems=tuple(problems), bar=bar_of(page.state, name, user, asked.views, asked.view))


def asked_for(user: User, name: str, given: QueryDict) -> Asked:
    """Read the address: parameters of its own hold; without any, or with a view's number alone, a view opens."""
    views = list(SavedView.objects.visible_to(user).filter(list_name=name).select_related("unit", "owner"))
    first = next((view for view in views if view.is_default and view.owner_id == user.pk), None)
    wanted = given.get(VIEW, "")
    view = next((view for view in views if str(view.pk) == wanted), None) if wanted else None
    alone = not set(given) - {VIEW}
    problems = []
    if wanted and view is None and alone:
        problems.append(_("This view no longer exists, or is no longer shared with you."))
    if not given:
        view = first
    opened = alone and view is not None
    columns = (view.columns if view else None) or _own_columns(user, name)
    kept = Kept(view.pk if view else None, tuple(columns), first is not None)
    return Asked(QueryDict(view.query) if view and opened else given, kept, views, view, opened, problems)


def _own_columns(user: User, name: str) -> list[str]:
    kept = Preference.objects.filter(user=user, name=columns_preference(name)).values_list("value", flat=True).first()
    return [str(one) for one in kept] if isinstance(kept, list) else []
