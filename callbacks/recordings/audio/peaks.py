"""How loud a recording is from start to end, for the picture of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from callbacks.recordings.audio import wav
from callbacks.recordings.audio.facts import NotThis

COUNT = 400  # how many bars the picture has at most
LOUDEST = 100
PIECE = 1 << 22  # bytes read at once, a multiple of every sample's width but three
WHOLE, FRACTION, A_LAW, MU_LAW = 1, 3, 6, 7

Loudness = npt.NDArray[np.float64]


def peaks_of(path: Path) -> list[int] | None:
    """`COUNT` numbers from 0 to 100 (fewer for a very short one), 100 the loudest there can be; None where the samples
    cannot be read without decoding, which browsers do."""
    with path.open("rb") as file:
        try:
            found = wav.layout(file, path.stat().st_size)
        except NotThis:
            return None
        if found is None or not _readable(found):
            return None
        width = found.bits // 8 * found.channels
        count = found.there // width
        bars = min(COUNT, count)
        loudest = np.zeros(bars)
        file.seek(found.start)
        done, step = 0, PIECE // width
        while done < count:
            levels = _levels(file.read(min(step, count - done) * width), found)
            places = (np.arange(done, done + len(levels)) * bars) // count
            np.maximum.at(loudest, places, levels)
            done += len(levels)
    return [round(level * LOUDEST) for level in np.minimum(loudest, 1.0)]


def _readable(found: wav.Layout) -> bool:
    kinds = {WHOLE: (8, 16, 24, 32), FRACTION: (32, 64), A_LAW: (8,), MU_LAW: (8,)}
    return found.bits in kinds.get(found.tag, ()) and found.there >= found.bits // 8 * found.channels


def _levels(raw: bytes, found: wav.Layout) -> Loudness:
    """The loudest channel of each sample, 0 to 1."""
    samples: Loudness = np.nan_to_num(np.abs(_samples(raw, found)).reshape(-1, found.channels).max(axis=1))
    return samples


def _samples(raw: bytes, found: wav.Layout) -> Loudness:
    if found.tag == FRACTION:
        return np.frombuffer(raw, f"<f{found.bits // 8}").astype(float)
    if found.tag in (A_LAW, MU_LAW):
        return (_A_LAW if found.tag == A_LAW else _MU_LAW)[np.frombuffer(raw, np.uint8)]
    if found.bits == 8:
        return (np.frombuffer(raw, np.uint8).astype(float) - 128) / 128
    if found.bits == 24:
        three = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        high = np.concatenate([np.zeros((len(three), 1), np.uint8), three], axis=1)
        return high.copy().view("<i4").ravel() / 2.0**31
    return np.frombuffer(raw, f"<i{found.bits // 8}") / 2.0 ** (found.bits - 1)


def _a_law() -> Loudness:
    """How loud each of the 256 codes of ITU-T G.711 A-law is."""
    codes = np.arange(256) ^ 0x55
    exponent, mantissa = codes >> 4 & 7, codes & 15
    steps = np.where(exponent == 0, (mantissa << 4) + 8, (mantissa * 16 + 264) << np.maximum(exponent - 1, 0))
    return steps / 32768.0


def _mu_law() -> Loudness:
    """How loud each of the 256 codes of ITU-T G.711 µ-law is."""
    codes = ~np.arange(256) & 0xFF
    exponent, mantissa = codes >> 4 & 7, codes & 15
    return ((((mantissa << 3) + 0x84) << exponent) - 0x84) / 32768.0


_A_LAW, _MU_LAW = _a_law(), _mu_law()
