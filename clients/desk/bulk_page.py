"""The bar of bulk actions above the client list, the question before one is done, and what came of it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.care.models import Handover
from clients.care.policies import posts
from clients.desk.bulk_forms import EXPORT
from clients.desk.choosing import chosen_clients, rule_from
from clients.desk.kept_lists import LIST
from clients.lists.bulk import handover_key
from clients.lists.choices import BulkVerb, ListKind
from clients.lists.models import BulkAction, ClientList
from clients.lists.policies import NEEDED, refusal_words, why_never_undone
from clients.lists.selectors import left_as_done
from clients.profile.models import Client
from crm.exports.policies import ASK
from crm.jobs.selectors import Shown, shown
from crm.organisation.models import User
from crm.web.lists import ChoiceFilter, Column, ListPage, ListSpec, Sort
from crm.web.templatetags.ui import icon

ACTIONS = ListSpec(
    name="bulk",
    columns=(
        Column("asked", gettext_lazy("Asked for"), sort="asked"),
        Column("action", gettext_lazy("Action")),
        Column("expected", gettext_lazy("Clients"), number=True),
        Column("done", gettext_lazy("Done"), number=True),
        Column("ended", gettext_lazy("Ended")),
    ),
    sorts=(Sort("asked", gettext_lazy("Asked for"), "asked_at", descending=True),),
    filters=(ChoiceFilter.of("verb", gettext_lazy("Action"), BulkVerb),),
)
NUMBER = re.compile(r"[0-9]{1,18}")
MOST_PICKED = 1_000
MOST_BRANCHES = 3  # managers are chosen from those of the clients' branches; a firm has thousands

# Verb, word, icon, permission: the buttons of the bar in their order.
BUTTONS: tuple[tuple[str, str | Promise, str, str], ...] = (
    (BulkVerb.TAG, gettext_lazy("Put a tag on"), "tag", NEEDED[BulkVerb.TAG]),
    (BulkVerb.UNTAG, gettext_lazy("Take a tag off"), "minus", NEEDED[BulkVerb.UNTAG]),
    (BulkVerb.ADD, gettext_lazy("Put on a list"), "list", NEEDED[BulkVerb.ADD]),
    (BulkVerb.REMOVE, gettext_lazy("Take off this list"), "x", NEEDED[BulkVerb.REMOVE]),
    (BulkVerb.ASSIGN, gettext_lazy("Assign a manager"), "arrows-exchange", NEEDED[BulkVerb.ASSIGN]),
    (EXPORT, gettext_lazy("Export"), "file-spreadsheet", ASK),
)


@dataclass(frozen=True)
class BulkBar:
    """What `components/bulk_bar.html` takes."""

    page_words: str
    all_words: str
    all_done: str
    buttons: SafeString


def bar_of(user: User, page: ListPage[Any], opened: ClientList | None) -> BulkBar:
    """The bar above the list for `user`; `opened` is the client list that it is narrowed to."""
    held = user.get_all_permissions()
    own = opened is not None and opened.owner_id == user.pk and opened.kind == ListKind.FIXED
    verbs = [one for one in BUTTONS if one[3] in held and (one[0] != BulkVerb.REMOVE or own)]
    buttons = format_html_join(
        "",
        '<button class="btn btn-small" type="submit" name="verb" value="{}">{}{}</button>',
        ((verb, icon(picture), word) for verb, word, picture, _permission in verbs),
    )
    return BulkBar(_("selected on this page"), *_offer(page), buttons)


def _offer(page: ListPage[Any]) -> tuple[str, str]:
    """The offer to take all that match; the number is exact or not said: the next page counts them one by one."""
    if not (page.before or page.after):
        return "", ""
    if page.count.capped:
        return _("Select all that match"), _("All that match are selected; they are counted next.")
    number = {"n": str(page.count)}
    return _("Select all %(n)s that match") % number, _("All %(n)s that match are selected") % number


@dataclass(frozen=True)
class Asked:
    """What the list sent: the verb, the list's filter, the rows ticked (none: all that match), and where it stood."""

    verb: str
    query: str
    picked: tuple[int, ...]
    everything: bool
    columns: str

    @property
    def back_url(self) -> str:
        return f"{reverse('clients:list')}?{self.query or 'all=1'}"

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form of the question carries along."""
        pairs = [("verb", self.verb), ("query", self.query), ("columns", self.columns)]
        pairs += [("all_matching", "1")] if self.everything else []
        return pairs + [("picked", str(pk)) for pk in self.picked]


def read_asked(given: QueryDict) -> Asked | None:
    """What is asked for; None where nothing is ticked, or the verb is none."""
    verb, everything = given.get("verb", ""), bool(given.get("all_matching"))
    picked = tuple(int(one) for one in given.getlist("picked")[:MOST_PICKED] if NUMBER.fullmatch(one))
    if verb not in {one[0] for one in BUTTONS} or not (everything or picked):
        return None
    query = given.get("query", "").replace("\0", "")
    return Asked(verb, query, () if everything else picked, everything, given.get("columns", ""))


def needed_for(verb: str) -> str:
    """The permission that a verb asks for."""
    return next(permission for one, _word, _icon, permission in BUTTONS if one == verb)


def question(asked: Asked, number: int) -> str:
    """The question above the form, with the exact number of clients."""
    words = {
        BulkVerb.TAG: ngettext("Put a tag on %(n)s client", "Put a tag on %(n)s clients", number),
        BulkVerb.UNTAG: ngettext("Take a tag off %(n)s client", "Take a tag off %(n)s clients", number),
        BulkVerb.ADD: ngettext("Put %(n)s client on a list", "Put %(n)s clients on a list", number),
        BulkVerb.REMOVE: ngettext("Take %(n)s client off a list", "Take %(n)s clients off a list", number),
        BulkVerb.ASSIGN: ngettext("Assign a manager to %(n)s client", "Assign a manager to %(n)s clients", number),
        EXPORT: ngettext("Export %(n)s client", "Export %(n)s clients", number),
    }
    return words[asked.verb] % {"n": f"{number:,}"}


def chosen(user: User, asked: Asked, today: dt.date) -> QuerySet[Client]:
    """Raises ValidationError for a filter that does not fit any more."""
    return chosen_clients(user, asked.query, asked.picked, today)


def form_arguments(user: User, asked: Asked, clients: QuerySet[Client], today: dt.date) -> dict[str, Any]:
    """What the form of a verb needs to know beside who asks. Raises ValidationError, in words, for a choice of clients
    that cannot be dealt with at once."""
    if asked.verb == BulkVerb.ADD:
        return {"user": user, "by_rule": asked.everything and _may_be_rule(user, asked, today)}
    if asked.verb == BulkVerb.REMOVE:
        return {"user": user, "initial": {"client_list": QueryDict(asked.query).get(LIST)}}
    if asked.verb != BulkVerb.ASSIGN:
        return {"user": user}
    branches = list(clients.order_by().values_list("branch_id", flat=True).distinct()[: MOST_BRANCHES + 1])
    if len(branches) > MOST_BRANCHES:
        words = _("These clients are of more than %(most)s branches. Choose branches first.")
        raise ValidationError(words % {"most": MOST_BRANCHES})
    people = {post.user.pk: post.user for post in posts(today, branches=branches)}
    return {"user": user, "people": list(people.values())}


def _may_be_rule(user: User, asked: Asked, today: dt.date) -> bool:
    try:
        return bool(rule_from(user, asked.query, today))
    except ValidationError:
        return False


@dataclass(frozen=True)
class Result:
    """A bulk action as its page shows it."""

    action: BulkAction
    title: str
    changed_words: str
    refused: Sequence[tuple[str, int]]
    job: Shown | None
    may_undo: bool
    undone_by: BulkAction | None
    handover: Handover | None


def result_of(action: BulkAction, user: User, *, at: dt.datetime) -> Result:
    """One action for who did it: five queries at most."""
    undone_by = BulkAction.objects.filter(undoes=action).first()
    possible = undone_by is None and not why_never_undone(user, action)
    assigned = action.verb == BulkVerb.ASSIGN and action.ended_at is not None
    return Result(
        action=action,
        title=title_of(action),
        changed_words=number_words(action),
        refused=[(refusal_words(code), number) for code, number in action.refused.items()],
        job=shown(action.job, user, at=at) if action.job and action.ended_at is None else None,
        may_undo=possible and left_as_done(action),
        undone_by=undone_by,
        handover=Handover.objects.filter(key=handover_key(action)).first() if assigned else None,
    )


def title_of(action: BulkAction) -> str:
    """`Put a tag on: 重点关注`."""
    about = action.tag or action.client_list
    word = BulkVerb(action.verb).label
    return _("%(action)s: %(about)s") % {"action": word, "about": about} if about else str(word)


def number_words(action: BulkAction) -> str:
    """That there were more or fewer clients than the person was told; empty where there were as many."""
    if action.matched is None or action.matched == action.expected:
        return ""
    words = _("%(asked)s asked, %(matched)s matched when it was done.")
    return words % {"asked": f"{action.expected:,}", "matched": f"{action.matched:,}"}


def undo_button(result: Result) -> str:
    """What the button that undoes says."""
    number = result.action.done
    return ngettext("Undo for %(n)s client", "Undo for %(n)s clients", number) % {"n": f"{number:,}"}


def new_key() -> str:
    """The key of one form: sent twice, it asks once."""
    return str(uuid.uuid4())
