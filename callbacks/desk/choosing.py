"""Which calls an action is about: rows ticked by hand, or all that match the list as somebody sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from callbacks.calls.models import Call
from callbacks.desk.listing import open_calls, open_list_of
from crm.organisation.models import User
from crm.web.lists.page import matching
from crm.web.lists.state import read_whole


def chosen_calls(user: User, query: str, picked: Sequence[int], at: dt.datetime) -> QuerySet[Call]:
    """The open calls in the scope of `user` that match the list's `query`; of all in scope those `picked`, if any are.

    Raises ValidationError for a filter that does not fit (any more): left out, it would choose more than was meant.
    """
    if picked:
        return Call.objects.visible_to(user).filter(pk__in=picked)
    params = QueryDict(query)
    state = read_whole(open_list_of(user, params, at), params)
    rows, problems = matching(state, open_calls(user))
    if problems:
        raise ValidationError(problems)
    return rows.order_by()
