"""The nightly check: is what was stored still there, byte by byte?

Every night takes a share, those checked longest ago first, so that all are read within `FILE_CHECK_NIGHTS`; what was
left out by nights that failed, and everything damaged, is taken in addition.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Q

from crm.files import folder, services
from crm.files.choices import Fault
from crm.files.models import StoredFile

Say = Callable[[int, int], None]


class Checked(NamedTuple):
    """How many files were read, how many of them are damaged."""

    files: int
    damaged: int


def check_share(*, at: dt.datetime, say: Say) -> Checked:
    """Check one night's share. `say(done, total)` hears how far it is and may raise to stop; what was checked stays."""
    numbers = due(at)
    damaged = 0
    for done, number in enumerate(numbers, start=1):
        fault = fault_of(StoredFile.objects.get(pk=number))
        services.record_check(stored_id=number, fault=fault, at=at)
        damaged += bool(fault)
        say(done, len(numbers))
    return Checked(len(numbers), damaged)


def due(at: dt.datetime) -> list[int]:
    """The files to check in the night of `at`, those that were checked longest ago first."""
    nights: int = settings.FILE_CHECK_NIGHTS
    share = math.ceil(StoredFile.objects.count() / nights)
    in_turn = StoredFile.objects.order_by(F("checked_at").asc(nulls_first=True), "pk")
    late = at - dt.timedelta(days=nights)
    overdue = Q(checked_at__lt=late) | Q(checked_at=None, stored_at__lt=late) | ~Q(fault=Fault.NONE)
    first = list(in_turn.values_list("pk", flat=True)[:share])
    more = in_turn.filter(overdue).exclude(pk__in=first)
    return [*first, *more.values_list("pk", flat=True)]


def fault_of(stored: StoredFile) -> Fault:
    """What is wrong with the file on the disk; `Fault.NONE` when it is the one that was stored."""
    try:
        with folder.path_of(stored.sha256).open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == stored.sha256
    except FileNotFoundError:
        return Fault.MISSING
    except OSError:
        return Fault.UNREADABLE
    return Fault.NONE if same else Fault.ALTERED
