"""What people keep about their pages: saved views of lists, which of them opens first, columns, small choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.guards import check
from crm.access.scope import appointments_of
from crm.organisation.models import Unit, User
from crm.web.models import Preference, SavedView

MOST_VIEWS = 50  # of one person and list
QUERY_MAX = 4_000
COLUMNS_MAX = 60
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")  # of lists and of columns
SHARE = "crm.share_views"


def save_view(
    *,
    by: User,
    list_name: str,
    name: str,
    query: str,
    columns: Sequence[str] = (),
    unit: Unit | None = None,
    opens_first: bool = False,
) -> SavedView:
    """Keep a list as it is shown under a name of `by`'s own. `query` holds filters and order, without a place.

    `unit`: who holds a role there sees the view too. The same view saved again under its name is one view.
    Raises ValidationError with words for a name that is empty, too long or taken, and for too many views;
    PermissionDenied where `by` may not share with the unit.
    """
    name, list_name = _checked_name(name), _checked_list(list_name)
    _check_sharing(by, unit)
    with transaction.atomic():
        own = _own_views(by, list_name)
        taken = own.filter(name=name).first()
        if taken is not None and (taken.query, taken.columns) != (query, list(columns)):
            raise ValidationError(_("You already have a view called “%(name)s”.") % {"name": name})
        if taken is None and own.count() >= MOST_VIEWS:
            raise ValidationError(
                _("You already have %(count)s views of this list. Delete one first.") % {"count": MOST_VIEWS}
            )
        view = taken or SavedView(list_name=list_name, owner=by, name=name)
        view.query, view.columns, view.unit = _checked_query(query), _checked_columns(columns), unit
        view.save()
        if opens_first:
            _open_first(view)
    return view


def overwrite_view(*, by: User, view: SavedView, query: str, columns: Sequence[str] = ()) -> SavedView:
    """Keep the list as it is shown now under the name of an existing view. Raises PermissionDenied for another's."""
    with transaction.atomic():
        view = _locked(by, view)
        view.query, view.columns = _checked_query(query), _checked_columns(columns)
        view.save(update_fields=["query", "columns"])
    return view


def describe_view(*, by: User, view: SavedView, name: str, unit: Unit | None) -> SavedView:
    """Rename a view, share it with a unit or with nobody.

    Raises ValidationError with words for a name that is empty, too long or taken; PermissionDenied for another's view
    or a unit that `by` may not share with.
    """
    name = _checked_name(name)
    with transaction.atomic():
        view = _locked(by, view)
        if (unit and unit.pk) != view.unit_id:
            _check_sharing(by, unit)
        if _own_views(by, view.list_name).filter(name=name).exclude(pk=view.pk).exists():
            raise ValidationError(_("You already have a view called “%(name)s”.") % {"name": name})
        view.name, view.unit = name, unit
        view.save(update_fields=["name", "unit"])
    return view


def set_default(*, by: User, view: SavedView, opens_first: bool = True) -> SavedView:
    """Let one of one's own views open with the list, or no longer. Raises PermissionDenied for another's view."""
    with transaction.atomic():
        view = _locked(by, view)
        if opens_first:
            _open_first(view)
        elif view.is_default:
            view.is_default = False
            view.save(update_fields=["is_default"])
    return view


def delete_view(*, by: User, view: SavedView) -> None:
    """Raises PermissionDenied for another's view; those it was shared with lose it too."""
    with transaction.atomic():
        _locked(by, view).delete()


def choose_columns(*, by: User, list_name: str, columns: Sequence[str]) -> None:
    """Keep which columns of a list `by` wants to see, in their order; none: the usual ones again.

    Raises ValidationError for names that no list and no column can have.
    """
    name = columns_preference(_checked_list(list_name))
    if columns:
        set_preference(by=by, name=name, value=_checked_columns(columns))
    else:
        forget_preference(by=by, name=name)


def columns_preference(list_name: str) -> str:
    """Under which name the columns of a list are kept."""
    return f"columns:{list_name}"


def set_preference(*, by: User, name: str, value: Any) -> None:
    """Keep a small choice of one person; `value` is JSON."""
    Preference.objects.update_or_create(user=by, name=name, defaults={"value": value})


def forget_preference(*, by: User, name: str) -> None:
    Preference.objects.filter(user=by, name=name).delete()


def units_to_share_with(user: User) -> list[Unit]:
    """The units in which this person holds a role today, when he may share views at all."""
    if not user.has_perm(SHARE):
        return []
    units = {held.unit_id: held.unit for held in appointments_of(user)}
    return list(units.values())


def _check_sharing(by: User, unit: Unit | None) -> None:
    if unit is None:
        return
    check(by, SHARE)
    if unit.pk not in {one.pk for one in units_to_share_with(by)}:
        raise PermissionDenied(_("A view is shared with a unit in which you hold a role."))


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    longest = SavedView._meta.get_field("name").max_length or 0
    if not name:
        raise ValidationError(_("A view needs a name."))
    if len(name) > longest:
        raise ValidationError(_("The name of a view has at most %(most)s characters.") % {"most": longest})
    return name


def _checked_query(query: str) -> str:
    if len(query) > QUERY_MAX or "\0" in query:
        raise ValidationError(_("This list has too many filters to be kept as a view."))
    return query


def _checked_list(list_name: str) -> str:
    if not NAME.fullmatch(list_name):
        raise ValidationError(_("There is no such list."))
    return list_name


def _checked_columns(columns: Sequence[str]) -> list[str]:
    if len(columns) > COLUMNS_MAX or not all(NAME.fullmatch(name) for name in columns):
        raise ValidationError(_("There are no such columns."))
    return list(columns)


def _own_views(by: User, list_name: str) -> Any:
    """Own views of a list, one writer at a time: the person's row is the lock."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    return SavedView.objects.filter(owner=by, list_name=list_name)


def _locked(by: User, view: SavedView) -> SavedView:
    found = _own_views(by, view.list_name).filter(pk=view.pk).first()
    if found is None:
        raise PermissionDenied(
            _("Only whoever saved a view may change or delete it. Save it under a name of your own.")
        )
    own: SavedView = found
    return own


def _open_first(view: SavedView) -> None:
    others = SavedView.objects.filter(owner_id=view.owner_id, list_name=view.list_name, is_default=True)
    others.exclude(pk=view.pk).update(is_default=False)
    view.is_default = True
    view.save(update_fields=["is_default"])
