"""API tokens: issued by administrators for members of staff, withdrawn by either."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.access import tokens
from crm.access.guards import permission_label, requires, user_of, visible_or_404
from crm.access.models import ApiToken
from crm.organisation.models import User

USUAL_DAYS = dt.timedelta(days=90)
MOST = 200


class TokenForm(forms.Form):
    """Whom a token acts for, what it may do, until when."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=100)
    staff_no = forms.CharField(label=gettext_lazy("Acts for (staff number)"), max_length=32)
    ends_on = forms.DateField(
        label=gettext_lazy("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = [(name, permission_label(name)) for name in tokens.known_permissions()]
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]

    def clean_staff_no(self) -> str:
        staff_no = str(self.cleaned_data["staff_no"])
        self.person = User.objects.in_service(timezone.localdate()).filter(staff_no=staff_no).first()
        if self.person is None:
            raise ValidationError(_("Nobody in service has this staff number."))
        return staff_no


@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """The tokens that act for oneself; everybody's for who issues them."""
    user, today = user_of(request), timezone.localdate()
    found = ApiToken.objects.visible_to(user).select_related("user", "created_by").order_by("-created_at", "-pk")
    rows = [{"token": one, "state": _state(one, today)} for one in found[:MOST]]
    context = {"rows": rows, "may_issue": user.has_perm(tokens.MANAGE), "me": user}
    return render(request, "crm/access/tokens.html", context | {"docs_url": reverse("api:docs")})


def _state(token: ApiToken, today: dt.date) -> str:
    if token.withdrawn_at:
        return "withdrawn"
    return "valid" if token.ends_on >= today else "ended"


@require_http_methods(["GET", "POST"])
@requires(tokens.MANAGE)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a token; its clear text is shown this once."""
    usual = {"ends_on": timezone.localdate() + USUAL_DAYS}
    form, clear = TokenForm(request.POST or None, initial=usual), ""
    if request.method == "POST" and form.is_valid() and form.person is not None:
        given = form.cleaned_data
        try:
            _token, clear = tokens.issue(
                name=given["name"],
                user=form.person,
                permissions=given["permissions"],
                ends_on=given["ends_on"],
                by=user_of(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except PermissionDenied as refusal:
            form.add_error("staff_no", str(refusal))
    crumbs = [(_("API tokens"), reverse("account_tokens"))]
    status = 422 if form.is_bound and not clear else 200
    response = render(request, "crm/access/token.html", {"form": form, "clear": clear, "crumbs": crumbs}, status=status)
    add_never_cache_headers(response)
    return response


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    token = visible_or_404(ApiToken.objects.all(), user_of(request), pk=pk)
    tokens.withdraw(token, by=user_of(request))
    messages.success(request, _("The token “%(name)s” is withdrawn.") % {"name": token.name})
    return redirect("account_tokens")
