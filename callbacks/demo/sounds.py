"""Short recordings for the demo firm's calls: two voices of hum and breath that take turns, no words.

Eight kHz, eight bits, as telephone systems keep them; the same words give the same bytes.
"""

from __future__ import annotations

import io
import wave
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from callbacks.demo.chance import number

Samples = npt.NDArray[np.float64]

RATE = 8000
SHORTEST, LONGEST = 3, 6  # seconds
VARIETIES = 48  # so many different ones; each file is kept once, whoever it is of
SILENCE, LOUD = 128, 70
AGENT, CLIENT = 190.0, 125.0  # pitch of the two voices


def name_of(word: object) -> int:
    """Which of the varieties a call gets."""
    return number(0, VARIETIES - 1, "sound", word)


@lru_cache(maxsize=VARIETIES)
def sound(variety: int) -> bytes:
    """A WAV file."""
    generator = np.random.default_rng(variety)
    parts = []
    left, turn = number(SHORTEST * RATE, LONGEST * RATE, "length", variety), 0
    while left > 0:
        length = min(left, number(RATE // 3, RATE, "turn", variety, turn))
        parts.append(_spoken(length, CLIENT if turn % 2 else AGENT, generator))
        pause = min(left - length, int(RATE * 0.12))
        parts.append(generator.normal(0, 0.01, pause))
        left -= length + pause
        turn += 1
    return _wav(np.concatenate(parts))


def _spoken(length: int, pitch: float, generator: np.random.Generator) -> Samples:
    """Syllables: a pitch with its overtones that rises and falls four times a second, and some breath."""
    time = np.arange(length) / RATE
    bend = pitch * (1 + 0.06 * np.sin(2 * np.pi * 1.3 * time + generator.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(bend) / RATE
    voice = sum(np.sin(phase * overtone) / overtone for overtone in (1, 2, 3, 5))
    syllables = np.abs(np.sin(2 * np.pi * 2.1 * time + generator.uniform(0, 6))) ** 0.7
    return 0.45 * voice * syllables + generator.normal(0, 0.02, length)


def _wav(samples: Samples) -> bytes:
    levels = np.clip(SILENCE + LOUD * samples, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(levels.tobytes())
    return file.getvalue()
