"""Which clients a bulk action is about: rows ticked by hand, or all that match the list as somebody sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.desk.kept_lists import LIST
from clients.desk.listing import client_list, rule_list
from clients.lists.bulk import changed_by
from clients.lists.models import BulkAction
from clients.profile.models import Client
from clients.segmentation.models import Standing
from crm.exports.queries import opened_query
from crm.organisation.models import User
from crm.web.lists.page import matching
from crm.web.lists.state import SORT, read_whole


def chosen_clients(user: User, query: str, picked: Sequence[int], today: dt.date) -> QuerySet[Client]:
    """The clients in the scope of `user` that match the list's `query`; of them those `picked`, when any are.

    Raises ValidationError for a filter that does not fit (any more): left out, it would choose more than was meant.
    """
    params = QueryDict(query)
    state = read_whole(client_list(user, params, today), params)
    rows, problems = matching(state, Standing.objects.visible_to(user))
    if problems:
        raise ValidationError(problems)
    if picked:
        rows = rows.filter(pk__in=picked)
    return Client.objects.filter(pk__in=rows.order_by().values("pk"))


def clients_of(action: BulkAction, *, at: dt.datetime) -> QuerySet[Client]:
    """The clients that an action is about, as its filter finds them at the instant `at`. Raises as above."""
    if action.undoes is not None:
        return changed_by(action.undoes)
    return chosen_clients(action.by, opened_query(action.query), action.picked, timezone.localdate(at))


def rule_from(user: User, query: str, today: dt.date) -> str:
    """The filters of a list's `query` as the rule of a client list; empty when nothing is filtered.

    Raises ValidationError for words looked for, which may be personal, for another list, and for what does not fit.
    """
    params = QueryDict(query, mutable=True)
    params.pop(SORT, None)
    if params.pop(LIST, None):
        raise ValidationError(_("A rule cannot refer to another list. Take that filter out first."))
    state = read_whole(rule_list(user, params, today), params)
    if state.problems:
        raise ValidationError(list(state.problems))
    if state.words:
        raise ValidationError(_("A rule holds filters, no words looked for. Clear the search first."))
    return state.query
