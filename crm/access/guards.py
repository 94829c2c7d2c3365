"""Helpers for views: who is asking, may he, and a refusal in words he can act on.

Strangers never reach a view: `SignedInMiddleware` sends them to the sign-in, unless the view says `login_not_required`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from crm.access.roles import ROLES
from crm.organisation.models import User

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
M = TypeVar("M", bound=models.Model)
View = Callable[Concatenate[HttpRequest, P], R]


def user_of(request: HttpRequest) -> User:
    """The signed-in member of staff. Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Please sign in first."))
    return request.user


def requires(*permissions: str) -> Callable[[View[P, R]], View[P, R]]:
    """View decorator: answers 403 with the reason in words unless the person holds all `permissions`.

    For class-based views: `@method_decorator(requires("clients.view_client"), name="dispatch")`.
    """

    def decorate(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(user_of(request), *permissions)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def check(user: User, *permissions: str) -> None:
    """Raises PermissionDenied, with the reason in words, for the first of `permissions` that `user` lacks."""
    for permission in permissions:
        if not user.has_perm(permission):
            raise PermissionDenied(refusal(permission))


def refusal(permission: str) -> str:
    """Why somebody without `permission` is refused: what it is, which roles hold it."""
    holders = [str(role.label) for role in ROLES.values() if permission in role.permissions]
    comma = "、" if (get_language() or "").startswith("zh") else ", "
    return _("This needs the permission “%(permission)s”, which these roles hold: %(roles)s.") % {
        "permission": permission_label(permission),
        "roles": comma.join(holders) or "–",
    }


def permission_label(permission: str) -> str | Promise:
    """The name of a permission for people; `app.codename` itself where no model declares it."""
    app_label, _dot, codename = permission.partition(".")
    for model in apps.get_app_config(app_label).get_models():
        for declared, label in model._meta.permissions:
            if declared == codename:
                return cast(str, label)
        if codename == f"view_{model._meta.model_name}":
            return format_lazy(gettext_lazy("See: {what}"), what=model._meta.verbose_name_plural)
    return permission


def visible_or_404(queryset: models.QuerySet[M], user: User, **lookup: Any) -> M:
    """The one row of a scoped queryset; Http404 where it does not exist or lies outside the person's scope."""
    scoped: Any = queryset
    found: M = get_object_or_404(scoped.visible_to(user), **lookup)
    return found


def background(view: Callable[P, R]) -> Callable[P, R]:
    """View decorator for fragments that a page asks for by itself (polling): they are not activity of a person."""
    view.is_background = True  # type: ignore[attr-defined]
    return view


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def page_of(request: HttpRequest) -> str:
    """The address of the page somebody is on: of the request itself, or of the page around an htmx fragment or form."""
    if request.method == "GET" and not is_htmx(request):
        return request.get_full_path()
    around = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    path = f"{around.path}?{around.query}" if around.query else around.path
    return path if around.netloc == request.get_host() and path else settings.LOGIN_REDIRECT_URL


def go_to(request: HttpRequest, url: str, *, status: int = 401) -> HttpResponse:
    """Send the browser to a page of ours and back again afterwards; htmx is told by header, with `status`."""
    target = f"{url}?{urlencode({'next': page_of(request)})}"
    if is_htmx(request):
        return HttpResponse(status=status, headers={"HX-Redirect": target})
    return redirect(target)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    return go_to(request, reverse("account_login"))
