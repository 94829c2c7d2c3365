"""Tags and client lists as filters of the client list, and what its page says about the list it is narrowed to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.lists.choices import ListKind
from clients.lists.models import ClientList, ClientTag, Tag
from clients.lists.selectors import members_of, outside
from crm.organisation.models import User
from crm.web.lists import ChoiceFilter, ListSpec, Option
from crm.web.lists.exporting import words_of
from crm.web.lists.state import ListState, read_whole

LIST = "list"  # the parameter of the address that narrows the client list to one of these lists
NOBODY = Q(pk__in=[])

SpecFor = Callable[[User, QueryDict, dt.date], ListSpec]


@dataclass(frozen=True)
class SubqueryFilter(ChoiceFilter):
    """A filter whose rows stand in another table; the chosen codes become one subquery, however many they are."""

    rows: Callable[[Sequence[str]], Q] = lambda chosen: NOBODY
    by_column: ClassVar[bool] = False

    def condition(self, chosen: Sequence[str]) -> Q:
        return self.rows(chosen) if chosen else Q()


def tag_filter() -> ChoiceFilter:
    """Clients with any of the chosen tags; tags that were put away are not offered. One query."""
    tags = Tag.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
    return SubqueryFilter("tag", gettext_lazy("Tag"), [Option(str(pk), name) for pk, name in tags], rows=_tagged)


def _tagged(chosen: Sequence[str]) -> Q:
    tagged = ClientTag.objects.filter(tag_id__in=[int(one) for one in chosen])
    return Q(pk__in=tagged.values("client_id"))


def list_filter(user: User, today: dt.date, spec_for: SpecFor) -> ChoiceFilter:
    """The clients of one of the lists that `user` has; one query more when it is chosen. `spec_for` is how the owner of
    a list by rule filters clients: the rule means the same to whoever opens it."""
    kept = {
        str(one.pk): one
        for one in ClientList.objects.visible_to(user).in_use().select_related("owner").order_by("name", "pk")
    }
    return SubqueryFilter(
        LIST,
        gettext_lazy("Client list"),
        [Option(code, one.name) for code, one in kept.items()],
        single=True,
        rows=lambda chosen: on_list(kept[chosen[0]], today, spec_for),
    )


def on_list(kept: ClientList, today: dt.date, spec_for: SpecFor) -> Q:
    """The standings of the clients on a list as of `today`; nobody where its rule does not fit any more, because
    left out, a filter would let in whom nobody meant."""
    if kept.kind == ListKind.FIXED:
        return Q(pk__in=members_of(kept))
    state = rule_of(kept, today, spec_for)
    if state.problems:
        return NOBODY
    condition = Q()
    for one in state.spec.filters:
        condition &= one.condition(state.chosen[one.name])
    return condition


def rule_of(kept: ClientList, today: dt.date, spec_for: SpecFor) -> ListState:
    """The filter of a list by rule, as its owner has it."""
    params = QueryDict(kept.query)
    return read_whole(spec_for(kept.owner, params, today), params)


@dataclass(frozen=True)
class OpenedList:
    """What the page says about the list that it is narrowed to: sentences, a problem, where it is changed."""

    kept: ClientList
    sentences: Sequence[str]
    problems: Sequence[str]
    url: str


def opened_list(user: User, chosen: Sequence[str], today: dt.date, spec_for: SpecFor) -> OpenedList | None:
    """The list that is chosen, described for `user`: at most five queries; None where there is none."""
    if not chosen:
        return None
    kept = ClientList.objects.visible_to(user).select_related("owner", "unit").get(pk=int(chosen[0]))
    sentences, problems = _about(kept, user, today, spec_for)
    return OpenedList(kept, sentences, problems, reverse("clients:client-list", args=[kept.pk]))


def _about(kept: ClientList, user: User, today: dt.date, spec_for: SpecFor) -> tuple[list[str], list[str]]:
    if kept.kind == ListKind.RULE:
        state = rule_of(kept, today, spec_for)
        if state.problems:
            return [], [_("The rule of this list no longer fits, so nobody is on it."), *state.problems]
        return rule_in_words(state), []
    found = outside(kept, user)
    words = ngettext("%(n)s client on the list.", "%(n)s clients on the list.", found.total)
    sentences = [words % {"n": f"{found.total:,}"}]
    if found.number:
        hidden = ngettext(
            "%(n)s of %(m)s is outside your scope.", "%(n)s of %(m)s are outside your scope.", found.number
        )
        sentences.append(hidden % {"n": f"{found.number:,}", "m": f"{found.total:,}"})
    return sentences, []


def rule_in_words(state: ListState) -> list[str]:
    """The filters of a rule, a sentence each; its order is not part of it."""
    return words_of(state)[:-1]
