"""Service records: calls, messages, visits. The caller may be nobody's client."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.contacts.choices import ContactChannel, ContactDirection
from clients.contacts.models import ServiceRecord
from clients.feeds.declared.common import client_column, code
from clients.feeds.kinds import Moment, Text, Whole
from clients.feeds.spec import Column, Feed, Field, Rule

SERVICE_RECORDS = Feed(
    name="service_records",
    title=_("Service records"),
    model=ServiceRecord,
    key=("record_no",),
    columns=(
        Column("record_no", Text(64), store="record_no", required=True),
        client_column(required=False),
        Column("occurred_at", Moment(fact=True), store="occurred_at", required=True),
        Column("channel", code(ContactChannel), store="channel", required=True),
        Column("direction", code(ContactDirection), store="direction", empty="''"),
        Column("staff_no", Text(32), store="staff_no", empty="''"),
        Column("duration_seconds", Whole(), store="duration_seconds"),
        Column("wait_seconds", Whole(), store="wait_seconds"),
        Column("topic", Text(100), store="topic", empty="''"),
        Column("summary", Text(), store="summary", empty="''"),
        Column("outcome", Text(100), store="outcome", empty="''"),
    ),
    # The number stays as it came, whether we know the person or not.
    fields=(Field("staff_id", "(SELECT id FROM crm_user WHERE staff_no = cell.staff_no)", columns=("staff_no",)),),
    # What staff wrote down here, and what went out from here, is theirs: no file changes it. A row that says the same
    # again, as the core system's own extracts do, is unchanged like any other.
    rules=(
        Rule(
            "record_no",
            """cell.was_id IS NOT NULL AND EXISTS (
                SELECT FROM clients_servicerecord AS own WHERE own.id = cell.was_id AND own.source <> 'feed')""",
            _("%(cell)s is a record that was made here; the core system's records need a number of their own"),
            of_changes=True,
        ),
    ),
    within="""known_client_no.branch_id = ANY(%(branches)s) AND (stored.id IS NULL OR EXISTS (
        SELECT FROM clients_client WHERE id = stored.client_id AND branch_id = ANY(%(branches)s)))""",
    not_within=_("%(cell)s is not a client of your branch; you load records about your own branch's clients only"),
)
