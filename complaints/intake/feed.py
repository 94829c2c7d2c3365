"""The complaints feed, registered with the engine in `clients.feeds`."""

from django.utils.translation import gettext_lazy as _

from clients.feeds.declared.common import KNOWN_BRANCH, client_column, code
from clients.feeds.kinds import ZONE, Flag, Moment, Text
from clients.feeds.spec import Column, Feed, Field, register
from complaints.intake.choices import IntakeChannel
from complaints.intake.models import FedComplaint

# A transfer that is dated to the day alone is not early on the day of receipt.
TRANSFERRED_EARLY = f"""coalesce(cell.transferred_at < CASE
    WHEN (cell.transferred_at AT TIME ZONE {ZONE})::time = '00:00'
    THEN date_trunc('day', cell.received_at, {ZONE}) ELSE cell.received_at END, false)"""

COMPLAINTS = Feed(
    name="complaints",
    title=_("Complaints"),
    model=FedComplaint,
    key=("complaint_no",),
    columns=(
        Column("complaint_no", Text(64), store="complaint_no", required=True),
        Column("received_at", Moment(fact=True), store="received_at", required=True),
        Column("channel", code(IntakeChannel), store="channel", required=True),
        Column("branch_code", KNOWN_BRANCH, store="branch_id"),
        client_column(required=False),
        Column("category", Text(200), store="category", empty="''"),
        Column("subcategory", Text(200), store="subcategory", empty="''"),
        Column("summary", Text(), store="summary", empty="''"),
        Column("transferred_at", Moment(), store="transferred_at"),
        Column("resolution", Text(), store="resolution", empty="''"),
        Column("on_time", Flag("yes", "no"), store="on_time"),
        Column("disputed", Flag("yes", "no"), store="disputed"),
    ),
    fields=(Field("transferred_early", TRANSFERRED_EARLY, columns=("received_at", "transferred_at")),),
)

register(COMPLAINTS)
