"""Assets, trades and cash flows: fact tables, partitioned by month of `day`, laid by SQL in the migrations.

They carry their natural key and no foreign key (the check against clients is made while a feed is staged), no
triggers and no history: a correction is the next feed's row. `day` is a calendar day in Asia/Shanghai.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.ledger.choices import FLOW_KINDS, AlertSource, Direction, Side
from clients.profile.models import Client
from crm.history import keep_history


class AssetSnapshot(models.Model):
    """Cash and securities at the end of a day; holds until the next snapshot."""

    pk = models.CompositePrimaryKey("client_id", "day")
    client = models.ForeignKey(Client, on_delete=models.DO_NOTHING, db_constraint=False, related_name="assets")
    day = models.DateField(_("day"))
    cash = models.DecimalField(_("cash"), max_digits=18, decimal_places=2)
    securities = models.DecimalField(_("securities"), max_digits=18, decimal_places=2)

    class Meta:
        managed = False
        db_table = "clients_assetsnapshot"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.client_id} {self.day:%F}"


class Trade(models.Model):
    """A fill. Fills of one order (`order_no`) are one trade; without a number each is an order of its own."""

    pk = models.CompositePrimaryKey("trade_no", "day")
    trade_no = models.CharField(_("trade number"), max_length=64)
    client = models.ForeignKey(Client, on_delete=models.DO_NOTHING, db_constraint=False, related_name="trades")
    day = models.DateField(_("day"))
    traded_at = models.DateTimeField(_("time"))
    market = models.CharField(_("market"), max_length=20, blank=True)
    symbol = models.CharField(_("symbol"), max_length=32, blank=True)
    side = models.CharField(_("side"), max_length=4, choices=Side.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=28, decimal_places=10, null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    commission = models.DecimalField(_("commission"), max_digits=18, decimal_places=2, default=0)
    channel = models.CharField(_("channel"), max_length=32, blank=True)
    order_no = models.CharField(_("order number"), max_length=64, blank=True)

    class Meta:
        managed = False
        db_table = "clients_trade"
        default_permissions = ()

    def __str__(self) -> str:
        return self.trade_no


class CashFlow(models.Model):
    """Money in or out. Five kinds are not the client's own moves: see `segments.md`."""

    pk = models.CompositePrimaryKey("flow_no", "day")
    flow_no = models.CharField(_("flow number"), max_length=64)
    client = models.ForeignKey(Client, on_delete=models.DO_NOTHING, db_constraint=False, related_name="cash_flows")
    day = models.DateField(_("day"))
    occurred_at = models.DateTimeField(_("time"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    kind = models.CharField(_("kind"), max_length=50, blank=True)

    class Meta:
        managed = False
        db_table = "clients_cashflow"
        default_permissions = ()

    def __str__(self) -> str:
        return self.flow_no

    @property
    def kind_words(self) -> str:
        """The kind as people read it; the core system's own words stay as they came."""
        return str(FLOW_KINDS.get(self.kind, self.kind))


@keep_history()
class Alert(models.Model):
    """Something the exchange, compliance or a system noticed about a client."""

    alert_no = models.CharField(_("alert number"), max_length=64, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="alerts", verbose_name=_("client"))
    raised_on = models.DateField(_("raised on"))
    source = models.CharField(_("source"), max_length=12, choices=AlertSource.choices)
    kind = models.CharField(_("kind"), max_length=100, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        default_permissions = ()
        indexes = [
            models.Index(fields=["client", "-raised_on"], name="clients_alert_client"),
            models.Index(fields=["-raised_on", "-id"], name="clients_alert_raised"),
        ]

    def __str__(self) -> str:
        return self.alert_no
