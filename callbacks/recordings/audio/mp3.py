"""MP3: frames one after the other, each saying how long it is; tags before and behind."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from callbacks.recordings.audio.facts import Facts, NotThis, Walk

# By version (2.5, –, 2, 1) and bit-rate index, layer III, in kbit/s.
_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HIGH = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES = {0: _LOW, 2: _LOW, 3: _HIGH}
RATES = {0: (11025, 12000, 8000), 2: (22050, 24000, 16000), 3: (44100, 48000, 32000)}
SAMPLES = {0: 576, 2: 576, 3: 1152}
LAYER_3 = 1
HEADER = 4
ENOUGH = 2  # frames that follow one another, before we believe that it is MP3 at all
TRAILERS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
MOST_GAPS = 100  # with something else between frames
LOST = 64 * 1024  # how far the next frame is looked for where something else stands between


class Frame(NamedTuple):
    """One frame's header."""

    length: int  # bytes
    samples: int
    rate: int


def read(file: BinaryIO, size: int) -> Facts:
    """Raises NotThis for what holds no frames of MPEG layer III."""
    place = first = _behind_tags(file)
    walk, seconds, frames, complete = Walk(), 0.0, 0, True
    gaps = 0
    while place + HEADER <= size:
        frame = _frame(file, place)
        if frame is None:
            behind = _next(file, place) if frames >= ENOUGH else None
            if behind is None:
                break
            gaps += 1
            if gaps > MOST_GAPS:
                raise NotThis
            place = behind
            continue
        if place + frame.length > size:
            complete = False
            break
        walk.part()
        frames += 1
        seconds += frame.samples / frame.rate
        place += frame.length
    if frames < ENOUGH:
        raise NotThis
    announced = _announced(file, first)
    if announced:
        complete = complete and size - first >= announced.bytes
        seconds = announced.frames * announced.samples / announced.rate if complete else seconds
    return Facts(round(seconds * 1000), complete)


def _behind_tags(file: BinaryIO) -> int:
    """Where an ID3v2 tag ends; the start where there is none."""
    file.seek(0)
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3":
        return 0
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length + (10 if head[5] & 0x10 else 0)


def _frame(file: BinaryIO, place: int) -> Frame | None:
    """The frame that begins at `place`; None where none does."""
    file.seek(place)
    return _parsed(file.read(HEADER))


def _parsed(head: bytes) -> Frame | None:
    if len(head) < HEADER or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != LAYER_3 or bitrate in (0, 15) or rate == 3:
        return None
    samples, hertz = SAMPLES[version], RATES[version][rate]
    return Frame(samples // 8 * BITRATES[version][bitrate] * 1000 // hertz + padding, samples, hertz)


def _next(file: BinaryIO, place: int) -> int | None:
    """The next frame after something else; None where only tags or nothing follow."""
    file.seek(place)
    rest = file.read(LOST)
    if rest.startswith(TRAILERS):
        return None
    at = rest.find(b"\xff", 1)
    while at >= 0:
        if _parsed(rest[at : at + HEADER]):
            return place + at
        at = rest.find(b"\xff", at + 1)
    return None


class Announced(NamedTuple):
    """What the encoder wrote into the first frame about all of them."""

    frames: int
    bytes: int
    samples: int
    rate: int


def _announced(file: BinaryIO, place: int) -> Announced | None:
    """The Xing/Info header; None where there is none with both figures."""
    frame = _frame(file, place)
    if frame is None:
        return None
    file.seek(place)
    body = file.read(min(frame.length, 64))
    at = max(body.find(b"Xing"), body.find(b"Info"))
    if at < 0 or len(body) < at + 16:
        return None
    flags, frames, total = struct.unpack(">III", body[at + 4 : at + 16])
    return Announced(frames, total, frame.samples, frame.rate) if flags & 3 == 3 else None
