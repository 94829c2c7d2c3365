"""What people type about a plan, the pause of one, and a list that is to be called."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.calls.choices import ReasonKind, Side
from callbacks.plans import filters
from callbacks.plans.checking import LAPSING, LIMITS, MOST_CAP, OPENING, check_fields
from callbacks.plans.choices import DueUnit, Overflow
from callbacks.plans.dates import FROM_OPENING
from callbacks.plans.models import Plan
from callbacks.plans.services import FIELDS
from callbacks.scripts.choices import VersionState
from callbacks.scripts.models import Script
from clients.lists.models import ClientList
from clients.profile.choices import ClientKind
from clients.segmentation.choices import Group, MovementKind, Style, Tier
from clients.suitability.choices import Permission, PermissionStatus, RiskLevel
from crm.organisation.models import Unit, User
from crm.parameters.registry import value_of

NUMERIC = {"inputmode": "numeric"}
CODES: dict[str, tuple[Any, Any]] = {
    "tiers": (_("Tier"), Tier.choices),
    "styles": (_("Style"), Style.choices),
    "groups": (_("Group"), Group.choices),
    "risk_levels": (_("Risk level"), RiskLevel.choices),
    "client_kinds": (_("Kind of client"), ClientKind.choices),
    "movement_kinds": (_("Kind of movement"), MovementKind.choices),
    "permissions": (_("Permission"), Permission.choices),
    "request_states": (_("State of the request"), PermissionStatus.choices),
}
NUMBERS = {
    "days_before": _("Days before the assessment expires"),
    "within_days": _("Requests not older than (days)"),
    "from_month": _("From this month on"),
}
SHOWN_IN_SHARE = Decimal(100)


def published_scripts(kind: str) -> Any:
    """The scripts that calls of a kind may use."""
    found = Script.objects.filter(is_active=True, kinds__contains=[kind], versions__state=VersionState.PUBLISHED)
    return found.distinct().order_by("code")


def _number(label: Any, low: int, high: int, **more: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs=NUMERIC)
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=widget, **more)


class PlanForm(forms.Form):
    """A plan for calls of one kind. `cleaned_data["given"]`: every field as `plans.services` keeps it."""

    code = forms.SlugField(label=_("Code of the plan"), max_length=50, help_text=_("It stays as it is."))
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=100)
    side = forms.ChoiceField(label=_("Who calls"), choices=Side.choices)
    script = forms.ModelChoiceField(Script.objects.none(), label=_("Script"))
    share = forms.DecimalField(
        label=_("Share of them (%)"), min_value=Decimal("0.01"), max_value=100, decimal_places=2, initial=100
    )
    seed = forms.CharField(
        label=_("Seed of the sample"), max_length=40, required=False,
        help_text=_("The same seed draws the same clients. Empty: the plan's code."),
    )  # fmt: skip
    rank = _number(_("Urgency"), *LIMITS["rank"], initial=100, help_text=_("The smaller, the more urgent."))
    due_count = _number(_("Time to call"), *LIMITS["due_count"], initial=10)
    due_unit = forms.ChoiceField(label=_("Counted in"), choices=DueUnit.choices, initial=DueUnit.WORKING_DAYS)
    warn_days = _number(_("Warn so many days before"), *LIMITS["warn_days"], initial=1)
    cap = _number(_("At most a branch and day"), 1, MOST_CAP, required=False)
    overflow = forms.ChoiceField(label=_("Beyond that"), choices=Overflow.choices)
    quiet_days = _number(_("Quiet period (days)"), *LIMITS["quiet_days"])
    cooldown_days = _number(_("Cooldown (days)"), *LIMITS["cooldown_days"])
    lapses = forms.BooleanField(label=_("Lapses when the client no longer matches"), required=False)
    why = forms.CharField(label=_("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    branches = forms.MultipleChoiceField(
        label=_("Branches"), required=False, widget=forms.SelectMultiple(attrs={"data-search": ""})
    )
    min_assets = forms.DecimalField(label=_("Average assets from"), required=False, min_value=0)
    max_assets = forms.DecimalField(label=_("Average assets below"), required=False, min_value=0)

    def __init__(self, data: Any = None, *, kind: str, plan: Plan | None = None) -> None:
        super().__init__(data, initial=_initial(plan) if plan else _usual(kind))
        self.kind, self.plan = kind, plan
        own: dict[str, Any] = self.fields
        if plan is not None:
            del own["code"]
        own["script"].queryset = published_scripts(kind)
        own["branches"].choices = [(unit.code, unit.name) for unit in Unit.objects.branches().order_by("code")]
        units = [one for one in DueUnit.choices if one[0] not in FROM_OPENING or kind in OPENING]
        own["due_unit"].choices = units
        if kind != ReasonKind.MOVEMENT:
            own["overflow"].choices = [one for one in Overflow.choices if one[0] != Overflow.SMS]
        if kind not in LAPSING:
            del own["lapses"]
        for name, (label, choices) in CODES.items():
            if filters.ONLY_FOR.get(name, kind) == kind:
                box = forms.CheckboxSelectMultiple
                own[name] = forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=box)
        for name, label in NUMBERS.items():
            if filters.ONLY_FOR[name] == kind:
                low, high, usual = filters.NUMBERS[name]
                own[name] = _number(label, low, high, initial=usual)

    @property
    def narrowing(self) -> list[Any]:
        """The fields that say which clients."""
        return [self[name] for name in self.fields if name in _FILTERS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        given = {name: cleaned.get(name) for name in FIELDS if name != "filters"}
        given |= {
            "share": (cleaned["share"] / SHOWN_IN_SHARE).quantize(Decimal("0.0001")),
            "lapses": bool(cleaned.get("lapses")),
            "filters": self._filters(cleaned),
        }
        cleaned["given"] = given
        cleaned["tried"] = self._checked(given, cleaned.get("code", ""))
        return cleaned

    def _filters(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        kept = {name: cleaned[name] for name in _FILTERS if cleaned.get(name) not in (None, "", [])}
        plain = {name: str(value) if isinstance(value, Decimal) else value for name, value in kept.items()}
        return {n: v for n, v in plain.items() if n not in filters.NUMBERS or v != filters.NUMBERS[n][2]}

    def _checked(self, given: dict[str, Any], code: str) -> Plan:
        """The plan as it would be kept, for a trial; what is wrong is said at its field."""
        known = self.plan
        plan = Plan(pk=known.pk if known else None, code=known.code if known else code, kind=self.kind, **given)
        try:
            check_fields(plan)
        except ValidationError as refusal:
            for name, words in refusal.message_dict.items():
                self.add_error(name if name in self.fields else None, words)
        return plan


_FILTERS = (*CODES, *NUMBERS, "branches", "min_assets", "max_assets")


def _initial(plan: Plan) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(plan, name) for name in FIELDS}
    narrowing: dict[str, Any] = plan.filters
    return plain | {"share": f"{(plan.share * SHOWN_IN_SHARE).normalize():f}"} | narrowing


def _usual(kind: str) -> dict[str, Any]:
    """What a new plan begins with: the numbers that are set for all."""
    return {
        "quiet_days": value_of("callbacks.quiet_days"),
        "cooldown_days": 0 if kind == ReasonKind.MOVEMENT else value_of("callbacks.cooldown_days"),
        "cap": value_of("callbacks.movement_cap") if kind == ReasonKind.MOVEMENT else None,
        "overflow": Overflow.SMS if kind == ReasonKind.MOVEMENT else Overflow.LATER,
        "lapses": kind in LAPSING,
    }


class AssignForm(forms.Form):
    """A list of clients, the plan under which they are called, by when, with which script."""

    client_list = forms.ModelChoiceField(ClientList.objects.none(), label=_("Client list"))
    plan = forms.ModelChoiceField(Plan.objects.none(), label=_("Plan"))
    script = forms.ModelChoiceField(Script.objects.none(), label=_("Script"))
    due_on = forms.DateField(label=_("To be called by"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, *, user: User, **more: Any) -> None:
        super().__init__(data, **more)
        own: dict[str, Any] = self.fields
        own["client_list"].queryset = ClientList.objects.visible_to(user).in_use()
        own["plan"].queryset = Plan.objects.filter(kind=ReasonKind.ASSIGNED, paused_at=None)
        own["script"].queryset = published_scripts(ReasonKind.ASSIGNED)
        self.initial.setdefault("plan", own["plan"].queryset.first())
        self.initial.setdefault("script", own["script"].queryset.first())

    def clean_due_on(self) -> Any:
        if (day := self.cleaned_data["due_on"]) < timezone.localdate():
            raise ValidationError(_("A call cannot be due before it is made."))
        return day
