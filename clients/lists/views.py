"""The firm's tags, a client's tags, and one's client lists."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.lists import keeping, selectors, services, vocabulary
from clients.lists.models import ClientList, Tag
from clients.lists.policies import MANAGE_TAGS, SEE
from clients.profile.models import Client
from clients.profile.policies import EDIT
from crm.access.guards import requires, user_of, visible_or_404
from crm.organisation.models import Unit, User
from crm.web.services import units_to_share_with


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_TAGS)
def tags(request: HttpRequest) -> HttpResponse:
    """The firm's tags. POST adds one."""
    if request.method == "POST":
        words = _("The tag is kept.")
        _tell(request, words, lambda: vocabulary.create_tag(name=request.POST.get("name", ""), by=user_of(request)))
        return redirect("clients:tags")
    return render(request, "clients/lists/tags.html", {"tags": selectors.vocabulary()})


@require_POST
@requires(MANAGE_TAGS)
def change_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a tag, put it away, take it into use again."""
    tag, given = Tag.objects.filter(pk=pk).first(), request.POST
    if tag is None:
        raise Http404
    name, is_active = given.get("name", tag.name), bool(given.get("is_active"))
    _tell(
        request,
        _("The tag is kept."),
        lambda: vocabulary.change_tag(tag=tag, name=name, is_active=is_active, by=user_of(request)),
    )
    return redirect("clients:tags")


@require_POST
@requires(SEE, EDIT)
def tag_client(request: HttpRequest, client_no: str) -> HttpResponse:
    """Put the tag `put` on one client, or take `take` off."""
    user, given = user_of(request), request.POST
    known = visible_or_404(Client.objects.all(), user, client_no=client_no.replace("\0", ""))
    clients = Client.objects.filter(pk=known.pk)
    if (tag := _tag(given.get("take", ""))) is not None:
        services.take_tag(tag=tag, clients=clients, by=user)
    elif (tag := _tag(given.get("put", ""))) is not None:
        try:
            outcome = services.put_tag(tag=tag, clients=clients, by=user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            if outcome.refused:
                messages.error(request, _("The account is closed; it gets no more tags."))
    return redirect("clients:detail", client_no)


@require_safe
@requires(SEE)
def client_lists(request: HttpRequest) -> HttpResponse:
    """One's own client lists and those that others share with one."""
    user = user_of(request)
    found = list(selectors.lists_of(user))
    context = {
        "lists": [(one, opening_url(one)) for one in found if not one.is_archived],
        "archived": [one for one in found if one.is_archived and one.owner_id == user.pk],
        "user_pk": user.pk,
    }
    return render(request, "clients/lists/lists.html", context)


@require_safe
@requires(SEE)
def client_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: what it is, and for its owner how it is changed."""
    user, kept = user_of(request), _visible(request, pk)
    own = kept.owner_id == user.pk
    context = {
        "kept": kept,
        "own": own,
        "url": "" if kept.is_archived else opening_url(kept),
        "units": _units(user, kept) if own else [],
        "outside": selectors.outside(kept, user) if kept.kind == "fixed" else None,
        "crumbs": [(_("Client lists"), reverse("clients:client-lists"))],
    }
    return render(request, "clients/lists/list.html", context)


@require_POST
@requires(SEE)
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a list, share it or keep it to oneself."""
    kept, user, given = _visible(request, pk), user_of(request), request.POST
    unit = next((one for one in _units(user, kept) if str(one.pk) == given.get("unit", "")), None)
    _tell(
        request,
        _("The list is kept."),
        lambda: keeping.describe_list(client_list=kept, name=given.get("name", ""), unit=unit, by=user),
    )
    return redirect("clients:client-list", kept.pk)


@require_POST
@requires(SEE)
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a list away, or take it out again."""
    kept, away = _visible(request, pk), bool(request.POST.get("is_archived"))
    words = _("The list is put away.") if away else _("The list is in use again.")
    _tell(request, words, lambda: keeping.archive_list(client_list=kept, is_archived=away, by=user_of(request)))
    return redirect("clients:client-lists")


def opening_url(kept: ClientList) -> str:
    """The client list narrowed to this one."""
    return f"{reverse('clients:list')}?{urlencode({'list': kept.pk})}"


def _tell(request: HttpRequest, words: str, act: Callable[[], object]) -> None:
    """Do it and say so, or say why not."""
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, words)


def _tag(number: str) -> Tag | None:
    return Tag.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None


def _units(user: User, kept: ClientList) -> list[Unit]:
    """With whom the owner may share, and with whom the list is shared already."""
    offered = units_to_share_with(user)
    return [*offered, kept.unit] if kept.unit is not None and kept.unit not in offered else offered


def _visible(request: HttpRequest, pk: int) -> ClientList:
    return visible_or_404(ClientList.objects.select_related("owner", "unit"), user_of(request), pk=pk)
