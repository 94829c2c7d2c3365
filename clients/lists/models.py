"""Tags and lists of clients: how staff group clients for their own work, beside the groups that the rules make."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.lists.choices import BulkVerb, ListKind
from clients.lists.querysets import BulkActionQuerySet, ClientListQuerySet
from clients.profile.models import Client
from crm.history import keep_history

PERSON = settings.AUTH_USER_MODEL


@keep_history()
class Tag(models.Model):
    """A word that staff put on clients. One vocabulary for the firm, so that a tag means the same everywhere."""

    name = models.CharField(_("tag"), max_length=30, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        default_permissions = ()
        permissions = [("manage_tags", _("Maintain the firm's tags"))]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@keep_history()
class ClientTag(models.Model):
    """A tag on a client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="client_tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="client_tags", verbose_name=_("tag"))
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("client's tag")
        verbose_name_plural = _("clients' tags")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["client", "tag"], name="clients_clienttag_once")]
        indexes = [models.Index(fields=["tag", "client"], name="clients_clienttag_tag")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.tag_id}"


@keep_history()
class ClientList(models.Model):
    """Clients kept together under a name: picked by hand, or whoever matches a filter on the day it is opened."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=ListKind.choices)
    query = models.TextField(_("filter"), blank=True)  # of a rule: the query string of the client list
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="client_lists", verbose_name=_("owner"))
    unit = models.ForeignKey(
        "crm.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shared with")
    )
    created_at = models.DateTimeField(_("made"))
    is_archived = models.BooleanField(_("put away"), default=False)

    objects = ClientListQuerySet.as_manager()

    class Meta:
        verbose_name = _("client list")
        verbose_name_plural = _("client lists")
        default_permissions = ()
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="clients_clientlist_name")]
        indexes = [models.Index(fields=["unit"], name="clients_clientlist_unit")]

    def __str__(self) -> str:
        return self.name


@keep_history()
class ClientListMember(models.Model):
    """A client on a fixed list."""

    list = models.ForeignKey(ClientList, on_delete=models.CASCADE, related_name="members")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("client on a list")
        verbose_name_plural = _("clients on lists")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["list", "client"], name="clients_listmember_once")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.client_id}"


class BulkAction(models.Model):
    """Something done to many clients at once: what, to which, by whom, and what came of it."""

    key = models.CharField(max_length=64, unique=True)  # of the form that asked: a double click does it once
    verb = models.CharField(_("action"), max_length=16, choices=BulkVerb.choices)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("tag"))
    client_list = models.ForeignKey(
        ClientList, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("client list")
    )
    params = models.JSONField(default=dict)  # what else the verb needs, e.g. who takes the clients over
    query = models.TextField(_("filter"), blank=True)  # words looked for are sealed in it
    picked = ArrayField(models.BigIntegerField(), default=list)  # ticked by hand; empty: all that match
    expected = models.PositiveIntegerField(_("clients"))  # as many as the person was told
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    asked_at = models.DateTimeField(_("asked for"))
    job = models.ForeignKey("crm.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    matched = models.PositiveIntegerField(_("matched"), null=True)  # as many as there were when it was done
    done = models.PositiveIntegerField(_("done"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)  # as it was wanted already
    refused = models.JSONField(default=dict)  # reason → how many
    changed = ArrayField(models.BigIntegerField(), default=list)  # exactly the clients whose rows changed
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        default_permissions = ()
        indexes = [models.Index(fields=["by", "-asked_at"], name="clients_bulkaction_by")]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"
