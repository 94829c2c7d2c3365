"""What a feed's file really is, told from its first bytes and never from its name."""

from __future__ import annotations

import contextlib
import enum
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from clients.feeds.refusal import FeedRefused


class Content(enum.Enum):
    CSV = ".csv"
    GZIP = ".csv.gz"
    XLSX = ".xlsx"


HEAD_BYTES = 8
SIGNATURES = {b"\x1f\x8b": Content.GZIP, b"PK\x03\x04": Content.XLSX}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def content_of(head: bytes) -> Content:
    """The kind of a file that begins with `head`. Whatever has no signature is read as CSV.

    Raises FeedRefused for an empty file and for kinds that people send by mistake.
    """
    if not head:
        raise FeedRefused(_("The file is empty: not even a header row."))
    if head.startswith(OLD_EXCEL):
        raise FeedRefused(_("This is an old Excel workbook (.xls). Save it as .xlsx and send it again."))
    if head.startswith(UTF_16):
        raise FeedRefused(_("The file is UTF-16 (“Unicode text”). Save it as CSV UTF-8 and send it again."))
    return next((content for signature, content in SIGNATURES.items() if head.startswith(signature)), Content.CSV)


def check_name(file_name: str, head: bytes) -> None:
    """Refuse a file whose content is not what its name says."""
    content = content_of(head)
    name = file_name.lower()
    said = next((kind for kind in (Content.GZIP, Content.XLSX, Content.CSV) if name.endswith(kind.value)), None)
    if said is None:
        raise FeedRefused(_("Only .csv, .csv.gz and .xlsx files can be read. This one is “%(name)s”.") % {"name": name})
    if said is not content:
        raise FeedRefused(
            _("The name ends in %(said)s, but the content is %(content)s. Check which file was sent.")
            % {"said": said.value, "content": content.value}
        )


def head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes of the file as it lies there. Raises FeedRefused where it cannot be read."""
    with readable(), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def readable_name(name: str) -> str:
    """A file's name as text: bytes in it that are not UTF-8, as older systems write them, become replacement signs."""
    return os.fsencode(name).decode(errors="replace")


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """What goes wrong with reading a file, in words: raises FeedRefused for it."""
    try:
        yield
    except OSError as error:
        raise FeedRefused(_("The file cannot be read: %(reason)s.") % {"reason": error.strerror or error}) from error


@contextlib.contextmanager
def open_csv(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a CSV file, unpacked where it is gzip. Raises FeedRefused where the packing is broken."""
    packed = content_of(head_of(path)) is Content.GZIP
    try:
        with gzip.open(path) if packed else path.open("rb") as stream:
            yield stream  # type: ignore[misc]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FeedRefused(_("The compressed file is damaged or cut off. Send it again.")) from error
