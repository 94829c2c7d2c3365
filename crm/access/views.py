from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.access import activity, services, stash
from crm.access.forms import UnlockForm
from crm.access.guards import user_of
from crm.access.selectors import browser_in_words, demo_accounts
from crm.organisation.models import User


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):  # type: ignore[misc]
    """Staff number and password; the demo firm names its accounts beside."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD}
        return context


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """The lock: the password brings back to where one was; what was sent meanwhile is offered again.

    The script that covers an open page asks for JSON: 204, or 403 with `error` in words.
    """
    user, by_script = user_of(request), "application/json" in request.headers.get("Accept", "")
    if not activity.is_locked(request) and not by_script:
        return redirect(_next(request))
    form = UnlockForm(request.POST or None, request=request, user=user)
    opened = request.method == "POST" and _opens(request, user, form)
    return _told(form, opened) if by_script else _shown(request, form, opened)


def _told(form: UnlockForm, opened: bool) -> HttpResponse:
    """The answer for the script."""
    said = [str(words) for errors in form.errors.values() for words in errors]
    return HttpResponse(status=204) if opened else JsonResponse({"error": " ".join(said)}, status=403)


def _shown(request: HttpRequest, form: UnlockForm, opened: bool) -> HttpResponse:
    """The answer for a person."""
    target, is_new = _next(request), stash.is_new(request)
    if opened:
        return redirect("account_stash" if is_new else target)
    context = {"form": form, "next": target, "stashed": is_new}
    return render(request, "account/lock.html", context, status=200 if request.method == "GET" else 403)


def _opens(request: HttpRequest, user: User, form: UnlockForm) -> bool:
    """Whether the password is right, which unlocks; guesses are limited."""
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        form.add_error(None, _("Too many attempts. Please wait a minute and try again."))
        return False
    if not form.is_valid():
        return False
    reauthenticate_by_password(request)
    activity.unlock(request)
    return True


@require_POST
def lock_now(request: HttpRequest) -> HttpResponse:
    """Lock by hand, when leaving the desk."""
    target = _next(request)
    activity.lock(request)
    return redirect(f"{reverse('account_lock')}?next={target}")


@never_cache
@require_http_methods(["GET", "POST"])
def stashed(request: HttpRequest) -> HttpResponse:
    """The form that was sent while the page was locked: sent again by the person himself, or thrown away (POST)."""
    if request.method == "POST":
        stash.drop(request)
        messages.info(request, _("What you had sent while the page was locked was thrown away."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    kept = stash.offer(request)
    if kept is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/stash.html", {"stash": kept})


@require_POST
def alive(request: HttpRequest) -> HttpResponse:
    """Somebody is typing: activity that sends nothing else."""
    return HttpResponse(status=204)


class SessionsView(ListUserSessionsView):  # type: ignore[misc]
    """Where one is signed in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"rows": [(session, browser_in_words(session.user_agent)) for session in context["sessions"]]}


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    if not services.end_session(person=user_of(request), pk=pk):
        raise Http404
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


def _next(request: HttpRequest) -> str:
    """Where to go on: a page of ours that was named, else home."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else settings.LOGIN_REDIRECT_URL
