"""What a file is, by its content: one of the five formats, whole, with sound in it, and what its name says.

No library of those that read audio notices that the end is missing, and none reads all five; what is needed of each
container is a page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

from callbacks.recordings.audio import mp3, mp4, ogg, wav, webm
from callbacks.recordings.audio.facts import Facts, NotThis
from callbacks.recordings.choices import AudioFormat
from crm.files.errors import FileRefused

# MP3 has no signature of its own, so it is tried last.
READERS: dict[AudioFormat, Callable[[BinaryIO, int], Facts]] = {
    AudioFormat.WAV: wav.read,
    AudioFormat.M4A: mp4.read,
    AudioFormat.OGG: ogg.read,
    AudioFormat.WEBM: webm.read,
    AudioFormat.MP3: mp3.read,
}
ENDINGS = {
    "wav": AudioFormat.WAV, "wave": AudioFormat.WAV, "mp3": AudioFormat.MP3, "m4a": AudioFormat.M4A,
    "mp4": AudioFormat.M4A, "ogg": AudioFormat.OGG, "oga": AudioFormat.OGG, "opus": AudioFormat.OGG,
    "webm": AudioFormat.WEBM, "weba": AudioFormat.WEBM,
}  # fmt: skip
TAKEN = ".wav,.mp3,.m4a,.ogg,.webm"  # as the field of an upload offers them
SHORTEST_MS = 1
LONGEST_MS = 24 * 3600 * 1000  # what says that it is longer is made up


@dataclass(frozen=True)
class Audio:
    """A file that may become a recording."""

    format: AudioFormat
    milliseconds: int
    complete: bool


def examine(path: Path, *, name: str = "", unfinished: bool = False) -> Audio:
    """What is in the file at `path`, which somebody called `name` (empty: nobody called it anything).

    Raises FileRefused, in words, for what is none of the five formats, has pictures or no sound, is called otherwise,
    or is cut off; `unfinished` takes what is there of a recording whose end never came.
    """
    found = _read(path)
    if found is None or found[1].milliseconds > LONGEST_MS:
        raise FileRefused(_("This is not a recording. WAV, MP3, M4A, Ogg and WebM are taken."))
    kind, facts = found
    _check_name(name, kind)
    if facts.has_pictures:
        raise FileRefused(_("This is a video. Recordings hold sound alone."))
    if not (facts.complete or unfinished):
        raise FileRefused(_("The recording is cut off: its end is missing. Please bring the whole file."))
    if not facts.has_sound or facts.milliseconds < SHORTEST_MS:
        raise FileRefused(_("There is no sound in this file."))
    return Audio(kind, facts.milliseconds, facts.complete)


def _read(path: Path) -> tuple[AudioFormat, Facts] | None:
    size = path.stat().st_size
    with path.open("rb") as file:
        for kind, reader in READERS.items():
            try:
                return kind, reader(file, size)
            except NotThis:
                continue
    return None


def _check_name(name: str, kind: AudioFormat) -> None:
    ending = PurePath(name).suffix.lower().lstrip(".")
    if name and ENDINGS.get(ending) != kind:
        raise FileRefused(
            _("The file is called “%(name)s”, but its content is %(kind)s. Please check which file you meant.")
            % {"name": name[-80:], "kind": kind.label}
        )
