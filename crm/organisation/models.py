"""Units, people, and who holds which role where and when (`people.md`)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.history import keep_history
from crm.organisation.choices import UnitKind
from crm.organisation.querysets import AppointmentQuerySet, StandInQuerySet, UnitQuerySet, UserManager


@keep_history()
class Unit(models.Model):
    """A branch, a regional office, a department or headquarters itself."""

    kind = models.CharField(_("kind"), max_length=16, choices=UnitKind.choices)
    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    province = models.CharField(_("province"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="crm_unit_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


@keep_history(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A member of staff. Permissions come from appointments alone; nobody is a superuser."""

    staff_no = models.CharField(_("staff number"), max_length=32, unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=200)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    licence_no = models.CharField(_("licence number"), max_length=50, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(_("must choose a password"), default=False)
    is_demo = models.BooleanField(_("demo account"), default=False)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "staff_no"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    is_superuser = False
    token_permissions: frozenset[str] | None = None  # set where an API token acts for the person

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["staff_no"]
        indexes = [models.Index(fields=["name"], name="crm_user_name")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin (reference tables) is open to this person."""
        return self.has_perm("crm.use_admin")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and perm in self.get_all_permissions(obj)

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions())

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """`app.codename` of all this person may do today. There are no permissions on single objects: scope decides."""
        return {perm for backend in get_backends() for perm in backend.get_all_permissions(self, obj)}


def held_days(start: str = "starts_on", end: str = "ends_on") -> Func:
    """The days of a record that holds from `start` to `end`, both included; open where `end` is null."""
    return Func(start, end, Value("[]"), function="daterange", output_field=DateRangeField())


@keep_history()
class Appointment(models.Model):
    """A role held in a unit from a day to a day (both included; no end = until further notice)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=40)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="crm_appointment_days"
            ),
            ExclusionConstraint(
                name="crm_appointment_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (held_days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="crm_appointment_unit_role")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"


@keep_history()
class StandIn(models.Model):
    """Somebody acts for an absent colleague from a day to a day (both included)."""

    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences", verbose_name=_("absent"))
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputised", verbose_name=_("acts for"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="crm_standin_days"),
            models.CheckConstraint(condition=~Q(absent=F("deputy")), name="crm_standin_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.absent_id}"
