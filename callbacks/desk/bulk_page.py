"""The bar above the list of calls, the question before something is done to many, and what came of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from callbacks.queue.refusals import in_words
from callbacks.queue.supervising import ASSIGN
from crm.exports.policies import ASK
from crm.jobs.models import Job
from crm.jobs.selectors import Shown, shown
from crm.organisation.models import User
from crm.web.lists import ListPage
from crm.web.templatetags.ui import icon

JOB_KIND = "callbacks.bulk"
EXPORT = "export"  # not a verb of its own: the list's export takes it
NUMBER = re.compile(r"[0-9]{1,18}")
MOST_PICKED = 1_000

# Verb, word, icon, permission: the buttons of the bar in their order.
BUTTONS: tuple[tuple[str, str | Promise, str, str], ...] = (
    ("assign", gettext_lazy("Assign"), "user-check", ASSIGN),
    ("take_back", gettext_lazy("Take the assignment back"), "minus", ASSIGN),
    ("recall", gettext_lazy("Recall"), "arrow-left", ASSIGN),
    ("urge", gettext_lazy("Change the urgency"), "arrow-up", ASSIGN),
    ("reform", gettext_lazy("Another form of contact"), "mail", ASSIGN),
    ("free", gettext_lazy("Free held calls"), "player-play", ASSIGN),
    ("withdraw", gettext_lazy("Withdraw"), "ban", ASSIGN),
    (EXPORT, gettext_lazy("Export"), "file-spreadsheet", ASK),
)
STEERING = tuple(one for one in BUTTONS if one[0] != EXPORT)


@dataclass(frozen=True)
class BulkBar:
    """What `components/bulk_bar.html` takes."""

    page_words: str
    all_words: str
    all_done: str
    buttons: SafeString


def bar_of(user: User, page: ListPage[Any]) -> BulkBar | None:
    """The bar above the list for `user`; None for who can do nothing to many calls."""
    held = user.get_all_permissions()
    verbs = [one for one in BUTTONS if one[3] in held]
    if not verbs:
        return None
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
        """The list as it was; the call itself for who came from there."""
        if not self.query and len(self.picked) == 1:
            return reverse("callbacks:call", args=self.picked)
        return f"{reverse('callbacks:calls')}?{self.query or 'all=1'}"

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


def title_of(verb: str, number: int) -> str:
    """What is to be done to how many calls."""
    words = {
        "assign": ngettext("Assign %(n)s call", "Assign %(n)s calls", number),
        "take_back": ngettext(
            "Take the assignment of %(n)s call back", "Take the assignment of %(n)s calls back", number
        ),
        "recall": ngettext("Recall %(n)s call", "Recall %(n)s calls", number),
        "urge": ngettext("Change the urgency of %(n)s call", "Change the urgency of %(n)s calls", number),
        "reform": ngettext("Another form of contact for %(n)s call", "Another form of contact for %(n)s calls", number),
        "free": ngettext("Free %(n)s call", "Free %(n)s calls", number),
        "withdraw": ngettext("Withdraw %(n)s call", "Withdraw %(n)s calls", number),
        EXPORT: ngettext("Export %(n)s call", "Export %(n)s calls", number),
    }
    return words[verb] % {"n": f"{number:,}"}


@dataclass(frozen=True)
class Result:
    """What came of it, as its page shows it."""

    title: str
    job: Shown | None
    ended: bool
    done: int
    unchanged: int
    refused: Sequence[tuple[str, int]]
    changed_words: str
    params: Mapping[str, Any]


def result_of(job: Job, user: User, *, at: dt.datetime) -> Result:
    """One action for who did it. What a small one came to stands there at once; a large one shows its progress."""
    came: Mapping[str, Any] = job.result
    expected = int(job.params.get("expected", 0))
    matched = int(came.get("matched", expected))
    words = _("%(asked)s asked, %(matched)s matched when it was done.")
    return Result(
        title=title_of(job.params["verb"], expected),
        job=None if came and job.has_ended else shown(job, user, at=at),
        ended=bool(came) and job.has_ended,
        done=int(came.get("done", 0)),
        unchanged=int(came.get("unchanged", 0)),
        refused=in_words(came.get("refused", {})),
        changed_words=words % {"asked": f"{expected:,}", "matched": f"{matched:,}"} if matched != expected else "",
        params=job.params,
    )
