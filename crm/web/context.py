"""What every page's frame shows. Nothing is read before the template asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.access.roles import ROLES
from crm.access.scope import appointments_of
from crm.messaging.selectors import unread_count
from crm.organisation.choices import UnitKind
from crm.organisation.models import Unit, User
from crm.web.help.steps import first_steps
from crm.web.my_queue import queue_of
from crm.web.navigation import Group, navigation
from crm.web.written import written

FIRM_NAME_KEY = "crm:firm-name"
FIRM_NAME_SECONDS = 300
ON_NARROW = 4  # pages in the bar of narrow screens


@dataclass(frozen=True)
class Me:
    """Who is signed in, in words."""

    name: str
    role: str
    unit: str


@dataclass(frozen=True)
class Link:
    label: str | Promise
    url: str
    icon: str


@dataclass(frozen=True)
class Nav:
    """The navigation, and the parts of the frame that show it: the same for everybody who may open the same pages."""

    groups: tuple[Group, ...]
    firm_name: str

    @property
    def side(self) -> SafeString:
        return written("partials/nav.html", groups=self.groups, firm_name=self.firm_name)

    @property
    def tabbar(self) -> SafeString:
        """The first pages, for narrow screens."""
        return written("partials/tabbar.html", items=self.groups[0].items[:ON_NARROW]) if self.groups else SafeString()

    @property
    def keys(self) -> SafeString:
        """The sheet of the keys, with those of the navigation."""
        return written("partials/keys.html", items=tuple(item for group in self.groups for item in group.items))


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav`, `me`, `me_links`, `firm_name`, `release`, `idle_lock` (seconds; 0 for strangers),
    `notifications` (the bell), `queue` (what waits for him to be done).

    At most three queries a page beyond the user's own row: his appointments, which the permissions read anyway, and,
    once a minute or more often, how many notices and how much work wait for him.
    """
    user = getattr(request, "user", None)
    known = user if isinstance(user, User) else None
    firm = SimpleLazyObject(firm_name)
    return {
        "firm_name": firm,
        "release": settings.RELEASE,
        "idle_lock": settings.IDLE_LOCK_SECONDS if known else 0,
        "nav": SimpleLazyObject(lambda: _nav(known, request.path, firm)),
        "me": SimpleLazyObject(lambda: _me(known)) if known else None,
        "me_links": _me_links() if known else [],
        "first_steps": SimpleLazyObject(lambda: first_steps(known) if known else []),
        "notifications": SimpleLazyObject(lambda: _bell(known)) if known else None,
        "queue": SimpleLazyObject(lambda: queue_of(known) or {}) if known else None,
    }


def firm_name() -> str:
    """The name of the firm: from the settings, or of headquarters, read every five minutes."""
    if settings.FIRM_NAME:
        return str(settings.FIRM_NAME)
    found: str | None = cache.get(FIRM_NAME_KEY)
    if found is None:
        names = Unit.objects.filter(kind=UnitKind.HEADQUARTERS).order_by("id").values_list("name", flat=True)
        found = names.first() or ""
        cache.set(FIRM_NAME_KEY, found, FIRM_NAME_SECONDS)
    return found


def _nav(user: User | None, path: str, firm: object) -> Nav:
    return Nav(tuple(navigation(user, path)) if user else (), str(firm))


def _me(user: User) -> Me:
    """Roles and units of today, those he stands in for left to the page that lists them."""
    own = [held for held in appointments_of(user) if held.user_id == user.pk]
    comma = "、" if (get_language() or "").startswith("zh") else ", "
    roles = dict.fromkeys(str(ROLES[held.role].label) if held.role in ROLES else held.role for held in own)
    names = dict.fromkeys(held.unit.name for held in own)
    return Me(user.name, comma.join(roles), comma.join(names))


def _bell(user: User) -> dict[str, Any]:
    return {"count": unread_count(user), "url": reverse("messaging:notices")}


def _me_links() -> list[Link]:
    return [
        Link(_("Change my password"), reverse("account_change_password"), "key"),
        Link(_("One-time codes"), reverse("mfa_index"), "shield-lock"),
        Link(_("Where I am signed in"), reverse("usersessions_list"), "list"),
        Link(_("Help"), reverse("help"), "book"),
        Link(_("API tokens"), reverse("account_tokens"), "key"),
    ]
