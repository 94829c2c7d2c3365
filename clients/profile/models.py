"""The client's file: what the core system owns, and what the client tells us (`feeds.md`, `people.md`)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.profile.choices import ClientKind, ClientStatus, Gender, Horizon, InvestorClass, OptOut, Preference
from clients.profile.querysets import ClientQuerySet
from crm.history import keep_history
from crm.organisation.models import Unit, User
from crm.worktime.choices import DayRule

PREFIXES = ("int8_ops", "varchar_pattern_ops")


@keep_history(exclude=["name_grams", "name_initials", "phone_tail_digest"])
class Client(models.Model):
    """A client as the core system knows him.

    Personal fields come in threes: `*_sealed` (AES-GCM), `*_digest` (HMAC of the normalised clear text, for exact
    look-up and for telling whether a feed's row changed anything) and `*_masked` (what lists show).
    """

    client_no = models.CharField(_("client number"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_initials = ArrayField(models.CharField(max_length=200), verbose_name=_("pinyin initials"), default=list)
    name_grams = ArrayField(models.CharField(max_length=2), verbose_name=_("pairs of characters"), default=list)
    kind = models.CharField(_("kind"), max_length=12, choices=ClientKind.choices, default=ClientKind.INDIVIDUAL)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    id_type = models.CharField(_("ID type"), max_length=50, blank=True)
    id_number_sealed = models.BinaryField(null=True)
    id_number_digest = models.BinaryField(null=True)
    id_number_masked = models.CharField(_("ID number"), max_length=64, blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_digest = models.BinaryField(null=True)
    phone_masked = models.CharField(_("phone"), max_length=64, blank=True)
    phone_tail_digest = models.BinaryField(null=True)  # of the last four digits, which callers give
    email_sealed = models.BinaryField(null=True)
    email_digest = models.BinaryField(null=True)
    email_masked = models.CharField(_("e-mail"), max_length=254, blank=True)
    address_sealed = models.BinaryField(null=True)
    address_digest = models.BinaryField(null=True)
    address_masked = models.CharField(_("address"), max_length=300, blank=True)
    contact_person = models.CharField(_("contact person"), max_length=200, blank=True)
    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="clients", verbose_name=_("branch"))
    opened_on = models.DateField(_("opened on"))
    status = models.CharField(_("status"), max_length=10, choices=ClientStatus.choices, default=ClientStatus.ACTIVE)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    manager = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("customer manager"),
    )
    introducer = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="introduced",
        verbose_name=_("introduced by"),
    )
    investor_class = models.CharField(
        _("investor class"), max_length=12, choices=InvestorClass.choices, default=InvestorClass.ORDINARY
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        default_permissions = ("view",)
        permissions = [
            ("see_own_in_clear", _("See own clients' name and phone in clear")),
            ("reveal_personal", _("Reveal hidden personal data with a reason")),
            ("edit_profile", _("Keep clients' wishes, further phones, notes and tags")),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="clients_client_named"),
            models.CheckConstraint(condition=Q(kind__in=ClientKind.values), name="clients_client_kind"),
            models.CheckConstraint(condition=Q(status__in=ClientStatus.values), name="clients_client_status"),
            models.CheckConstraint(condition=Q(investor_class__in=InvestorClass.values), name="clients_client_class"),
        ]
        indexes = [
            # The beginning of a number inside a scope: whole branches may share the first digits of theirs.
            models.Index(fields=["branch", "client_no"], opclasses=PREFIXES, name="clients_client_branch_no"),
            models.Index(fields=["manager", "client_no"], opclasses=PREFIXES, name="clients_client_manager_no"),
            models.Index(fields=["phone_digest"], name="clients_client_phone"),
            models.Index(fields=["phone_tail_digest"], name="clients_client_phone_tail"),
            models.Index(fields=["id_number_digest"], name="clients_client_id_number"),
            models.Index(fields=["email_digest"], name="clients_client_email"),
            GinIndex(fields=["name_grams"], name="clients_client_grams"),
            GinIndex(fields=["name_initials"], name="clients_client_initials"),
        ]

    def __str__(self) -> str:
        return self.client_no


@keep_history()
class ClientWishes(models.Model):
    """What the client tells us: steers what is offered first, never touched by a feed."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, primary_key=True, related_name="wishes")
    preferred_name = models.CharField(_("preferred name"), max_length=100, blank=True)
    call_days = models.CharField(_("days for calls"), max_length=8, choices=DayRule.choices, blank=True)
    call_from = models.TimeField(_("calls from"), null=True)
    call_until = models.TimeField(_("calls until"), null=True)
    preferred_hours = models.CharField(_("preferred hours"), max_length=100, blank=True)  # a remark, in free words
    declared_preference = models.CharField(
        _("declared preference"), max_length=12, choices=Preference.choices, blank=True
    )
    horizon = models.CharField(_("investment horizon"), max_length=8, choices=Horizon.choices, blank=True)
    interests = ArrayField(models.CharField(max_length=50), verbose_name=_("interests"), default=list, blank=True)
    needs = models.TextField(_("needs"), blank=True)
    opt_outs = ArrayField(
        models.CharField(max_length=10, choices=OptOut.choices), verbose_name=_("opt-outs"), default=list, blank=True
    )
    version = models.PositiveIntegerField(default=0, db_default=0)  # grows with every change: two editors are noticed

    class Meta:
        verbose_name = _("client's wishes")
        verbose_name_plural = _("clients' wishes")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(call_from__isnull=True, call_until__isnull=True) | Q(call_from__lt=F("call_until")),
                name="clients_wishes_call_hours",
            )
        ]

    def __str__(self) -> str:
        return str(self.client_id)


@keep_history(exclude=["tail_digest"])
class ExtraPhone(models.Model):
    """A further number that the client gave to us; the one in the file belongs to the core system.

    Sealed and digested for the same purposes as that one ("client.phone", "client.phone_tail"): one digest finds both.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="extra_phones")
    phone_sealed = models.BinaryField()
    phone_digest = models.BinaryField()
    phone_masked = models.CharField(_("further phone"), max_length=64)
    tail_digest = models.BinaryField(null=True)
    remark = models.CharField(_("remark"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("further phone")
        verbose_name_plural = _("further phones")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["client", "phone_digest"], name="clients_extraphone_once")]
        indexes = [
            models.Index(fields=["phone_digest"], name="clients_extraphone_phone"),
            models.Index(fields=["tail_digest"], name="clients_extraphone_tail"),
        ]

    def __str__(self) -> str:
        return self.phone_masked


class ClientNote(models.Model):
    """A note of staff about a client. Never changed: what was wrong is said in the next one."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        default_permissions = ()
        indexes = [models.Index(fields=["client", "-at", "-id"], name="clients_note_client")]

    def __str__(self) -> str:
        return self.text[:40]
