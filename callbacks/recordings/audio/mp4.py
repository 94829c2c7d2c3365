"""M4A (MP4): boxes with a length and a name. `moov` describes, `mdat` holds; recorders that cannot go back write the
description empty and one `moof` before each piece."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from callbacks.recordings.audio.facts import Facts, NotThis, Walk

OUTER = {b"moov", b"trak", b"mdia", b"moof", b"traf", b"mvex"}  # looked into
SMALL = {b"mvhd", b"mdhd", b"hdlr", b"tkhd", b"trex", b"tfhd", b"tfdt", b"trun", b"mehd"}
KNOWN = OUTER | SMALL
MOST = 1 << 20  # of a small box; the list of samples of one piece is the longest of them
DEEPEST = 4  # moov, trak, mdia …: deeper ones are made up
DURATIONS = 0x100  # flags: the box lists how long each sample is
UNKNOWN = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


class Box(NamedTuple):
    """One box: its name, its content where it is small, and whether all of it is there."""

    name: bytes
    body: bytes
    whole: bool


@dataclass
class Seen:
    """What the boxes said so far. Times in units of their own `…scale` a second."""

    names: set[bytes] = field(default_factory=set)
    handlers: set[bytes] = field(default_factory=set)
    scale: int = 0
    duration: int = 0
    track: int = 0  # the one that is being described
    track_scales: dict[int, int] = field(default_factory=dict)
    usual: dict[int, int] = field(default_factory=dict)  # how long a sample is where nothing else is said
    piece_usual: int = 0
    piece_end: dict[int, int] = field(default_factory=dict)

    def take(self, box: Box) -> None:
        """Learn from one box. Raises struct.error where it is shorter than it must be."""
        self.names.add(box.name)
        reader = getattr(self, f"_{box.name.decode('latin-1')}", None) if box.name in SMALL else None
        if reader is not None:
            reader(box.body)

    def _mvhd(self, body: bytes) -> None:
        self.scale, self.duration = _times(body)

    def _tkhd(self, body: bytes) -> None:
        (self.track,) = struct.unpack_from(">I", body, 20 if body[0] else 12)

    def _mdhd(self, body: bytes) -> None:
        self.track_scales[self.track], _length = _times(body)

    def _hdlr(self, body: bytes) -> None:
        self.handlers.add(body[8:12])

    def _trex(self, body: bytes) -> None:
        track, _description, usual = struct.unpack_from(">III", body, 4)
        self.usual[track] = usual

    def _tfhd(self, body: bytes) -> None:
        flags = int.from_bytes(body[1:4])
        (self.track,) = struct.unpack_from(">I", body, 4)
        place = 8 + (8 if flags & 1 else 0) + (4 if flags & 2 else 0)
        self.piece_usual = struct.unpack_from(">I", body, place)[0] if flags & 8 else self.usual.get(self.track, 0)

    def _tfdt(self, body: bytes) -> None:
        (self.piece_end[self.track],) = struct.unpack_from(">Q" if body[0] else ">I", body, 4)

    def _trun(self, body: bytes) -> None:
        flags, (count,) = int.from_bytes(body[1:4]), struct.unpack_from(">I", body, 4)
        length = count * self.piece_usual
        if flags & DURATIONS:
            place = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
            wide = 4 * (flags >> 8 & 0xF).bit_count()
            length = sum(struct.unpack_from(">I", body, place + n * wide)[0] for n in range(count))
        self.piece_end[self.track] = self.piece_end.get(self.track, 0) + length

    @property
    def milliseconds(self) -> int:
        """The length as said, else the end of the last piece."""
        if self.duration not in UNKNOWN and self.scale:
            return self.duration * 1000 // self.scale
        ends = [end * 1000 // self.track_scales[t] for t, end in self.piece_end.items() if self.track_scales.get(t)]
        return max(ends, default=0)


def read(file: BinaryIO, size: int) -> Facts:
    """Raises NotThis for what does not begin as MP4."""
    file.seek(0)
    if file.read(8)[4:] != b"ftyp":
        raise NotThis
    seen, walk, complete = Seen(), Walk(), True
    try:
        for box in _boxes(file, 0, size):
            walk.part() if box.name in KNOWN else walk.other()
            complete = complete and box.whole
            seen.take(box)
    except (struct.error, IndexError):
        complete = False
    complete = complete and {b"moov", b"mdat"} <= seen.names
    described = b"moov" in seen.names
    return Facts(
        seen.milliseconds,
        complete,
        has_sound=b"soun" in seen.handlers or not described,  # what it is cannot be told: its end is missing
        has_pictures=b"vide" in seen.handlers,
    )


def _boxes(file: BinaryIO, place: int, end: int, depth: int = 0) -> Iterator[Box]:
    """All boxes from `place` to `end`, those inside the outer ones too."""
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        length, name = struct.unpack_from(">I4s", head)
        behind = place + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", head, 8)
            behind += 8
        length = end - place if length == 0 else length
        if length < behind - place:
            raise struct.error("a box shorter than its own head")
        whole = place + length <= end
        file.seek(behind)
        yield Box(name, file.read(min(place + length - behind, MOST)) if name in SMALL else b"", whole)
        if name in OUTER and whole and depth < DEEPEST:
            yield from _boxes(file, behind, place + length, depth + 1)
        place += length


def _times(body: bytes) -> tuple[int, int]:
    """Units a second and length, of a box that says both."""
    scale, length = struct.unpack_from(">IQ" if body[0] else ">II", body, 20 if body[0] else 12)
    return scale, length
