"""What is known of the demo firm in this database: whether there is one, since when, how large, up to which day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clients.demo import script
from clients.demo.places import FIRM_CODE, FIRM_NAME
from clients.feeds.models import FeedBatch
from clients.profile.models import Client
from crm.organisation.models import Unit, User

FILE_PREFIX = "qingchuan_"
TAKEOVER_FILE = f"{FILE_PREFIX}takeover.csv.gz"
SPREAD = 20  # running numbers go up to this many times the size of the firm as first made
DAILY_FEED = "service_records"  # the one that comes every day: its newest file says how far the facts go


class ForeignDataError(Exception):
    """The database holds clients or branches that are not the demo's; the message says which."""


@dataclass(frozen=True)
class Firm:
    """The demo firm of this database. `start`: first day of its history; `size`: clients when it was made;
    `until`: the last day with facts.
    """

    start: dt.date
    size: int
    until: dt.date


def find_firm() -> Firm | None:
    """The demo firm of this database, or None when the database is empty.

    Raises ForeignDataError when somebody else's clients or branches are here and no demo firm is.
    """
    takeover = FeedBatch.objects.filter(file_name=TAKEOVER_FILE).first()
    if takeover is None:
        _refuse_foreign_data()
        return None
    newest = (
        FeedBatch.objects.filter(feed=DAILY_FEED, file_name__startswith=FILE_PREFIX)
        .order_by("-business_date")
        .values_list("business_date", flat=True)
        .first()
    )
    assert takeover.business_date is not None
    start = takeover.business_date + dt.timedelta(days=1)
    return Firm(start=start, size=takeover.rows, until=newest or takeover.business_date)


def _refuse_foreign_data() -> None:
    clients = Client.objects.count()
    if clients:
        raise ForeignDataError(f"{clients} clients that are not the demo firm's")
    stranger = Unit.objects.exclude(code=FIRM_CODE, name=FIRM_NAME).first()
    if stranger:
        raise ForeignDataError(f"the unit {stranger.code} {stranger.name}, which is not the demo firm's")


def newest_number(size: int) -> int:
    """The highest running number of a client of a demo firm that began with `size` clients; 0 when there is none."""
    return int(
        script.one(
            "SELECT max(n) FROM (SELECT pg_temp.client_n(client_no) AS n FROM clients_client "
            "WHERE client_no ~ '^1080[0-9]{8}$') AS c WHERE n <= %s",
            [size * SPREAD],
        )
        or 0
    )


def people_by_number() -> dict[str, int]:
    """Staff number → id of the demo's people."""
    return dict(User.objects.filter(is_demo=True).values_list("staff_no", "id"))
