"""The home page: what needs me now, what changed overnight, what the batches did. By permission, not by role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.contacts.selectors import Due, due_for
from clients.desk.attention import Item, attention
from clients.desk.notices import Notice, notices_for, overdue_promises, page_url
from clients.desk.overnight import Overnight, overnight
from clients.desk.panels import home_panels_of
from clients.desk.promises import Line as PromiseLine
from clients.desk.promises import lines_of as promise_lines
from clients.feeds.choices import BatchState
from clients.feeds.filters import feed_labels
from clients.feeds.models import FeedBatch
from clients.feeds.selectors import NEEDED_FOR_A_DAY, day_is_complete
from clients.segmentation.night_page import night_words
from clients.segmentation.nightly import night_state
from clients.segmentation.selectors import current_run
from crm.organisation.choices import UnitKind
from crm.organisation.models import Appointment, Unit, User
from crm.web.templatetags.ui import names
from crm.worktime.selectors import previous_exchange_day

NOON, EVENING = 12, 18
MOST_PROMISES = 6
# A tone of utilities.css and an icon, for the tones of a night.
TONES = {"fine": ("fine", "circle-check"), "loud": ("loud", "alert-triangle")}
FAILED_DAYS = dt.timedelta(days=3)


@dataclass(frozen=True)
class Line:
    """A line of what the batches did: a state (icon and word) and a sentence."""

    label: str
    word: str
    icon: str
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Stat:
    label: str
    value: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Home:
    """The page of one person on one day. None where a part is not his."""

    greeting: str
    items: Sequence[Item] | None = None
    night: Overnight | None = None
    figures: Sequence[Stat] = ()
    batches: Sequence[Line] | None = None
    staff: Sequence[Stat] | None = None
    notices: Sequence[Notice] = field(default_factory=tuple)
    promises: Sequence[PromiseLine] = ()
    due: Due | None = None
    panels: Sequence[tuple[str, str]] = ()  # of later apps: label and address

    @property
    def is_empty(self) -> bool:
        return self.items is None and self.batches is None and self.staff is None


def home_of(user: User, now: dt.datetime) -> Home:
    """What `user`'s home page shows at `now` (in the firm's time zone)."""
    today = now.date()
    sees_clients = user.has_perm("clients.view_client")
    run = current_run() if sees_clients else None
    night = overnight(run, user) if run and sees_clients else None
    due = due_for(user, now, MOST_PROMISES) if sees_clients else None
    return Home(
        greeting=greeting(user, now),
        items=attention(user, today) if sees_clients else None,
        night=night,
        figures=overnight_figures(night) if night else (),
        batches=batch_lines(user, now) if user.has_perm("clients.view_feedbatch") else None,
        staff=staff_figures(today) if user.has_perm("crm.manage_staff") else None,
        notices=[*overdue_promises(user, now), *notices_for(user, today)],
        promises=promise_lines(due.first, user, now) if due else (),
        due=due,
        panels=home_panels_of(user),
    )


def greeting(user: User, now: dt.datetime) -> str:
    words = _("Good morning") if now.hour < NOON else _("Good afternoon") if now.hour < EVENING else _("Good evening")
    return _("%(greeting)s, %(name)s") % {"greeting": words, "name": user.name}


def overnight_figures(night: Overnight) -> list[Stat]:
    """The figures of a night, each with the list behind it. Nothing for a firm's first run."""
    counts = night.counts
    if not counts:
        return []
    moved = " · ".join(f"{word} {number}" for word, number in night.moved)
    left = _("%(n)s left") % {"n": counts["left_core"]} if counts["left_core"] else ""
    return [
        Stat(_("Entered movement"), f"{counts['movement']:,}", moved, behind("movement")),
        Stat(_("Became core"), f"{counts['core']:,}", left, behind("core")),
        Stat(_("New clients"), f"{counts['new']:,}", "", behind("new")),
        Stat(_("At risk of leaving"), f"{counts['at_risk']:,}", "", behind("at-risk")),
        Stat(_("Tier up / down"), f"{counts['up']:,} / {counts['down']:,}", "", behind("up", "down")),
    ]


def behind(*codes: str) -> str:
    """The address of the changes that a figure counts."""
    return f"{reverse('clients:overnight')}?{urlencode([('what', code) for code in codes])}"


def batch_lines(user: User, now: dt.datetime) -> list[Line]:
    """The night's run, the feeds of the last exchange day, files that were not taken."""
    today = now.date()
    day = previous_exchange_day(today)
    night = night_words(night_state(today), user, now)
    tone, icon = TONES.get(night.tone, ("", "clock"))
    return [Line(night.title, night.text, icon, tone, night.url), _feed_line(day), *_failed_lines(user, today)]


def _feed_line(day: dt.date) -> Line:
    label, labels = _("Feeds of %(day)s") % {"day": f"{day:%m-%d}"}, feed_labels()
    missing = day_is_complete(day)
    listed = names([labels.get(feed, feed) for feed in missing or NEEDED_FOR_A_DAY])
    tone, icon = TONES["loud" if missing else "fine"]
    words = _("missing: %(feeds)s") if missing else _("complete: %(feeds)s")
    return Line(label, words % {"feeds": listed}, icon, tone, page_url("clients:imports"))


def _failed_lines(user: User, today: dt.date) -> list[Line]:
    """Files of the last days that were not taken, or not every row of them, newest first."""
    failed = FeedBatch.objects.visible_to(user).filter(
        state__in=[BatchState.FAILED, BatchState.PARTLY], created_at__date__gte=today - FAILED_DAYS
    )
    lines = []
    for batch in failed.order_by("-created_at", "-pk")[:4]:
        rejected = ngettext("%(n)s row rejected", "%(n)s rows rejected", batch.rejected) % {"n": f"{batch.rejected:,}"}
        words = rejected if batch.state == BatchState.PARTLY else str(batch.get_state_display())
        lines.append(Line(batch.file_name, words, "circle-x", "loud", page_url("clients:import", batch.pk)))
    return lines


def staff_figures(today: dt.date) -> list[Stat]:
    """Staff and units in figures for who maintains them. Two queries, no client data."""
    people = User.objects.in_service(today).aggregate(
        all=Count("pk"), without=Count("pk", filter=~Q(pk__in=Appointment.objects.held_on(today).values("user_id")))
    )
    units = Unit.objects.filter(is_active=True).aggregate(
        branches=Count("pk", filter=Q(kind=UnitKind.BRANCH)),
        regions=Count("pk", filter=Q(kind=UnitKind.REGION)),
        departments=Count("pk", filter=Q(kind=UnitKind.DEPARTMENT)),
    )
    staff_url, units_url = page_url("admin:crm_user_changelist"), page_url("admin:crm_unit_changelist")
    return [
        Stat(_("Staff in service"), f"{people['all']:,}", "", staff_url),
        Stat(_("Without an appointment"), f"{people['without']:,}", _("may do nothing"), staff_url),
        Stat(_("Branches"), f"{units['branches']:,}", "", units_url),
        Stat(_("Regional offices"), f"{units['regions']:,}", "", units_url),
        Stat(_("Departments"), f"{units['departments']:,}", "", units_url),
    ]
