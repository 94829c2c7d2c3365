"""What a file is, by its content alone."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.recordings.audio.examining import examine
from callbacks.recordings.audio.peaks import COUNT, peaks_of
from crm.files.errors import FileRefused
from tests.factories.recordings import SAMPLES, sample, wav

SOUNDS = {
    "tone.wav": 1500, "alaw.wav": 1500, "pcm_u8.wav": 1500, "pcm_s24le.wav": 1500, "pcm_f32le.wav": 1500,
    "pcm_mulaw.wav": 1500, "tone.mp3": 1584, "vbr.mp3": 1584, "plain.mp3": 1584, "tone.m4a": 1500,
    "fragmented.m4a": 1564, "tone.ogg": 1500, "vorbis.ogg": 1500, "tone.webm": 1508, "live.webm": 1521,
}  # fmt: skip
FORMATS = [name for name in SOUNDS if not name.startswith(("alaw", "pcm"))]


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


def refusal(folder: Path, content: bytes, name: str = "") -> str:
    """Why a file is refused, in English; empty when it is taken."""
    with translation.override("en"):
        try:
            examine(written(folder, content), name=name)
        except FileRefused as refused:
            return str(refused)
    return ""


@pytest.mark.parametrize("name", SOUNDS)
def test_each_format_is_known_by_its_content(name: str) -> None:
    found = examine(SAMPLES / name, name=name)
    assert found.format == name.partition(".")[2]
    assert abs(found.milliseconds - SOUNDS[name]) <= 30
    assert found.complete


@pytest.mark.parametrize("cut", [1, 1000])
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_cut_off_is_refused(name: str, cut: int, tmp_path: Path) -> None:
    assert "cut off" in refusal(tmp_path, sample(name)[:-cut])


@pytest.mark.parametrize("name", ["live.webm", "tone.webm", "tone.ogg", "tone.wav"])
def test_of_an_unfinished_one_is_taken_what_is_there(name: str, tmp_path: Path) -> None:
    content = sample(name)
    found = examine(written(tmp_path, content[: len(content) - 500]), unfinished=True)
    assert not found.complete
    assert 0 < found.milliseconds < 1500


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!doctype html><html><body>404 Not Found</body></html>", "not a recording"),
        (b"PK\x03\x04" + bytes(200), "not a recording"),
        (b"RIFF", "not a recording"),
        (b"\xff\xfb", "not a recording"),
        (b"\xff\xfb\x90\x64" + b"one frame is none", "not a recording"),
        (bytes(5000), "not a recording"),
        (wav(), "no sound"),
        (b"\0\0\0\x14ftypM4A \0\0\0\0M4A \0\0\0\x10mdat12345678", "cut off"),
    ],
    ids=["html", "zip", "four letters", "two bytes", "one frame", "zeros", "no samples", "no moov"],
)
def test_what_is_no_recording_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    assert words in refusal(tmp_path, content)


@pytest.mark.parametrize("name", ["video.webm", "video.mp4"])
def test_videos_are_refused(name: str, tmp_path: Path) -> None:
    assert "video" in refusal(tmp_path, sample(name))


@pytest.mark.parametrize(
    ("name", "called"),
    [("tone.wav", "a.mp3"), ("tone.mp3", "a.wav"), ("tone.m4a", "a"), ("tone.ogg", "a.ogg.exe")],
)
def test_a_name_that_says_something_else_is_refused(name: str, called: str, tmp_path: Path) -> None:
    assert f"“{called}”" in refusal(tmp_path, sample(name), called)


def test_a_name_may_be_written_as_one_likes(tmp_path: Path) -> None:
    assert refusal(tmp_path, sample("tone.m4a"), "录音 11.MP4") == ""


def test_a_length_that_nobody_believes_is_refused(tmp_path: Path) -> None:
    content = bytearray(sample("tone.wav"))
    content[28:32] = struct.pack("<I", 0)
    assert "not a recording" in refusal(tmp_path, bytes(content))
    nested = b"".join(struct.pack(">I4s", 8 * (5000 - n), b"moov") for n in range(5000))
    assert refusal(tmp_path, b"\0\0\0\x10ftypM4A \0\0\0\0" + nested) != ""


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(name=st.sampled_from(FORMATS), data=st.data())
def test_no_damage_breaks_the_readers(name: str, data: st.DataObject, tmp_path: Path) -> None:
    """Whatever is wrong with a file, it is taken or refused in words."""
    content = bytearray(sample(name))
    for _number in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, min(len(content) - 1, 600)))] = data.draw(st.integers(0, 255))
    refusal(tmp_path, bytes(content[: data.draw(st.integers(0, len(content)))]))


def test_peaks_follow_the_loudness(tmp_path: Path) -> None:
    path = written(tmp_path, wav(0, 8192, 16384, 32767, samples=1000))
    bars = peaks_of(path) or []
    assert len(bars) == COUNT
    assert [bars[50], bars[150], bars[250], bars[350]] == [0, 25, 50, 100]


@pytest.mark.parametrize("name", [name for name in SOUNDS if name.endswith(".wav")])
def test_every_kind_of_sample_is_as_loud(name: str) -> None:
    bars = peaks_of(SAMPLES / name) or []
    assert len(bars) == COUNT
    assert set(bars) <= {12, 13}  # the tone is an eighth of the loudest


def test_a_very_short_one_has_fewer_bars(tmp_path: Path) -> None:
    assert peaks_of(written(tmp_path, wav(32767, samples=3))) == [100, 100, 100]


@pytest.mark.parametrize("name", ["tone.mp3", "tone.m4a", "tone.ogg", "live.webm"])
def test_what_must_be_decoded_is_left_to_the_browser(name: str) -> None:
    assert peaks_of(SAMPLES / name) is None


@pytest.mark.parametrize(
    "padding",
    [
        bytes.fromhex("1a45dfa3874282847765626d1853806701ffffffffffffff") + b"\xec\x80" * 300_000,
        b"OggS" + bytes(23) + (b"OggS" + bytes(23)) * 300_000,
        b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 300_000,
        b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 300_000,
    ],
    ids=["webm", "ogg", "mp4", "wav"],
)
def test_what_is_all_padding_is_not_walked_to_its_end(padding: bytes, tmp_path: Path) -> None:
    assert "not a recording" in refusal(tmp_path, padding)


def test_mp3_with_something_else_between_its_frames(tmp_path: Path) -> None:
    frame = b"\xff\xf3\x14\x00" + bytes(20)
    assert refusal(tmp_path, frame * 3 + (b"\0" + frame) * 50) == ""
    assert "not a recording" in refusal(tmp_path, frame * 3 + (b"\0" + frame) * 200)
