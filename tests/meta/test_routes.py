"""A sweep over every address, GET and POST: strangers, other branches, roles without the permission, garbage.

New addresses are taken by themselves; a new kind of argument needs a sample in `routes.world`.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from crm.organisation.models import User
from tests.factories.people import person
from tests.meta.routes import ROUTES, Route, Sweep, World, in_order, world

pytestmark = pytest.mark.django_db

# Open to strangers, and nothing else is. Static files are served in front of the URLconf.
PUBLIC = {"account_login", "set_language", "health", "health_live", "health_ready", "metrics"}
# The telephone system's: signed by it, whoever is signed in to the pages.
PUBLIC |= {"callbacks:telephony-events", "callbacks:telephony-recording"}
# Open to everybody who is signed in: one's own account, jobs and views, the start page, the search (by what one may).
ANYBODY = (
    "account_",
    "mfa_",
    "usersessions_",
    "home",
    "search",
    "help",
    "jobs:list",
    "lists:",
    "messaging:notices",
    "messaging:read-all",
    "api:docs",
    "api:schema",
)
REFUSED = {401, 403, 404, 405}
# Belong to a branch or a person: whoever is outside does not learn that they exist.
SCOPED = (
    "clients",
    "imports",
    "jobs",
    "exports",
    "lists",
    "notices",
    "corrections",
    "handovers",
    "drafts",
    "recordings",
    "inbound",
)
GARBAGE = {
    "after": "garbage",
    "before": "%%%",
    "sort": "'",
    "tier": "\0",
    "q": "\0' OR 1=1 --",
    "page": "-1",
    "p": "x",
    "from": "31-02-2026",
    "day": "9999-99-99",
    "branch": "99999999999999999999",
    "manager": "x",
    "state": "=cmd",
    "feed": "../../etc/passwd",
    "next": "//evil.example",
    "format": "99",
    "action": "x",
    "_selected_action": "x",
}
WORSE = ("99999999999999999999", "%00", quote("'; DROP TABLE"), "1e9", "..%2f..", "x" * 300)


@pytest.fixture
def there_is() -> World:
    return world()


def of(there_is: World, route: Route) -> dict[str, str]:
    """Samples for a route; where there are none, something that is nobody's."""
    return there_is.values(route) or dict.fromkeys(route.arguments, "1")


def somebody(role: str, there_is: World, *, here: bool = True) -> User:
    branch = there_is.here if here else there_is.there
    unit = branch if role in ("operations_director", "customer_manager") else None
    return person(role, unit=unit, is_demo=True)  # without one-time codes, which have tests of their own


def test_every_argument_has_a_sample(there_is: World) -> None:
    unknown = [f"{route}: {route.pattern}" for route in ROUTES if there_is.values(route) is None]
    assert unknown == [], "give their arguments a sample in tests/meta/routes.py"


def test_the_walk_finds_what_there_is() -> None:
    found = {route.name for route in ROUTES}
    assert {"clients:list", "clients:detail", "jobs:cancel", "admin:crm_unit_change", "account_login"} <= found
    assert len(ROUTES) > 60


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers(there_is: World, method: str) -> None:
    sweep, wrong, sign_in = Sweep(), [], reverse("account_login")
    for route in ROUTES:
        answer = sweep.visit(method, route.url(of(there_is, route)))
        to_sign_in = answer.status_code == 302 and answer["Location"].startswith(sign_in)
        if route.name not in PUBLIC and not to_sign_in and answer.status_code not in REFUSED:
            wrong.append(f"{method} {route}: {answer.status_code}")
        if answer.status_code >= 500 and not route.name.startswith("health"):  # 503 is what it is for
            wrong.append(f"{method} {route}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["operations_director", "customer_manager"])
def test_another_branch(there_is: World, role: str, method: str) -> None:
    """404 for what exists elsewhere, as for what does not exist at all; a page one may never open says 403."""
    stranger = somebody(role, there_is, here=False)
    sweep, wrong = Sweep(stranger), []
    for route in ROUTES:
        if route.area in SCOPED and {"client_no", "pk"} & set(route.arguments):
            there = sweep.visit(method, route.url(of(there_is, route))).status_code
            nowhere = sweep.visit(method, route.url(dict.fromkeys(route.arguments, "987654321"))).status_code
            if (
                there != nowhere
                or there not in (404, 405, 403)
                or (method == "get" and there == 403 and route.area == "clients")
            ):
                wrong.append(f"{method} {route}: {there}, for what does not exist {nowhere}")
    assert wrong == []


def test_the_own_branch(there_is: World) -> None:
    """The samples are right: whoever belongs there does see them."""
    sweep = Sweep(somebody("operations_director", there_is))
    for name in ("clients:detail", "clients:import", "clients:ledger"):
        route = next(route for route in ROUTES if route.name == name)
        assert sweep.visit("get", route.url(of(there_is, route))).status_code == 200, name


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_permission(there_is: World, method: str) -> None:
    """Somebody with no permission at all: 403 with the reason in words, or 404 for what he cannot know of."""
    sweep, wrong = Sweep(somebody("education_editor", there_is)), []
    for route in in_order(ROUTES):
        if route.name in PUBLIC or route.name.startswith(ANYBODY):
            continue
        answer = sweep.visit(method, route.url(of(there_is, route)))
        scoped = route.area in SCOPED and route.arguments
        allowed = {403, 405} | ({404} if scoped else set()) | ({401} if is_api(route) else set())
        if answer.status_code not in allowed:
            wrong.append(f"{method} {route}: {answer.status_code}")
        elif answer.status_code == 403 and not reason_of(answer):
            wrong.append(f"{method} {route}: 403 without a reason")
    assert wrong == []


# The telephone system signs what it sends; there is no session behind it that could be abused.
SIGNED = ("callbacks:telephony-events", "callbacks:telephony-recording")


def is_api(route: Route) -> bool:
    """Programs sign in with a token, which a browser's session is not: there is nothing to forge."""
    return route.name.startswith("api:")


def reason_of(answer: HttpResponse) -> str:
    context = getattr(answer, "context", None)
    return str(context.get("reason", "")) if context else answer.content.decode()


@pytest.mark.parametrize(
    "role", ["operations_centre", "operations_director", "compliance", "sales_trading_hq", "administrator"]
)
def test_garbage(there_is: World, role: str) -> None:
    """No address breaks, whatever is asked for or sent; roles that between them open every page."""
    sweep, wrong = Sweep(somebody(role, there_is)), []
    for route in in_order(ROUTES):
        url = route.url(of(there_is, route))
        tries = [("get", url, GARBAGE), ("post", url, GARBAGE), ("post", url, {}), ("get", url, {"page": "\0"})]
        tries += [("get", route.url(dict.fromkeys(route.arguments, worse)), {}) for worse in WORSE if route.arguments]
        for method, target, data in tries:
            status = sweep.visit(method, target, data).status_code
            if status >= 500 and not route.name.startswith("health"):
                wrong.append(f"{method} {route} {target[:80]} {'with garbage' if data else ''}: {status}")
    assert wrong == []


def teapot(request: HttpRequest, reason: str = "") -> HttpResponse:
    return HttpResponse(status=418)


@pytest.mark.parametrize("role", [None, "administrator", "operations_centre"])
def test_no_form_is_taken_without_its_token(there_is: World, role: str | None, settings: object) -> None:
    settings.CSRF_FAILURE_VIEW = "tests.meta.test_routes.teapot"  # type: ignore[attr-defined]
    sweep = Sweep(somebody(role, there_is) if role else None, csrf=True)
    wrong = []
    for route in ROUTES:
        status = sweep.visit("post", route.url(of(there_is, route))).status_code
        signed = route.name in SIGNED and status == 401
        if status != 418 and not signed and not (is_api(route) and status in (302, 401, 405)):
            wrong.append(f"{route}: {status}")
    assert wrong == []
