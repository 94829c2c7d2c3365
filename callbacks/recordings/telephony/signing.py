"""Signatures between the telephone system and us: HMAC-SHA256 over the time and what is said, with one secret."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings

TIMESTAMP, SIGNATURE = "X-Telephony-Timestamp", "X-Telephony-Signature"
SCHEME = "sha256="
TOLERANCE = dt.timedelta(minutes=5)


class NotSigned(Exception):
    """The signature is missing, wrong or too old."""


def headers(said: bytes, *, at: dt.datetime) -> dict[str, str]:
    """The two headers that sign `said` at the instant `at`."""
    stamp = str(int(at.timestamp()))
    return {TIMESTAMP: stamp, SIGNATURE: SCHEME + _digest(stamp, said)}


def check(said: bytes, given: Mapping[str, str], *, at: dt.datetime) -> None:
    """Raises NotSigned unless the headers `given` sign `said`, not longer ago (or ahead) than five minutes.

    Without a secret nothing is signed.
    """
    stamp, signature = given.get(TIMESTAMP, ""), given.get(SIGNATURE, "")
    if not settings.TELEPHONY_SECRET or not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > 12:
        raise NotSigned
    if not hmac.compare_digest((SCHEME + _digest(stamp, said)).encode(), signature.encode()):
        raise NotSigned
    if abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise NotSigned


def _digest(stamp: str, said: bytes) -> str:
    return hmac.new(settings.TELEPHONY_SECRET.encode(), stamp.encode() + b"." + said, hashlib.sha256).hexdigest()
