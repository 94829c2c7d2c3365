"""Numbers of enquiries: E, the day, and a running number that no two of the firm share."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone


def next_number(at: dt.datetime) -> tuple[int, str]:
    """A new row's key, and the number by which people call it: E261125-1234."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('callbacks_enquiry', 'id'))")
        (pk,) = cursor.fetchone()
    return pk, f"E{timezone.localdate(at):%y%m%d}-{pk}"
