"""One program under supervision: logs, back-off, stopping what does not want to stop."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.embedded.children import LONGEST_WAIT_SECONDS, STEADY_SECONDS, Child, Program
from crm.embedded.processes import lives, wait_until

STUBBORN = """
import signal, subprocess, time
for number in (signal.SIGTERM, signal.SIGQUIT):
    signal.signal(number, signal.SIG_IGN)
print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


def make_child(var: Path, code: str, patience: float = 0.2) -> Child:
    """A child that runs `code` in Python."""
    (var / "log").mkdir(exist_ok=True)
    program = Program("thing", (sys.executable, "-c", code), "nowhere", lambda text: "up" in text, patience)
    return Child(program, var)


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[Child]:
    """A child that ends at once with code 3."""
    child = make_child(tmp_path, "raise SystemExit(3)")
    child.start()
    yield child
    child.stop(hurry=lambda: True)


def test_it_is_ready_when_its_log_says_so(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "thing.log").write_text("up from an earlier run\n")
    child = make_child(tmp_path, "import time; time.sleep(0.5); print('up', flush=True); time.sleep(60)")
    assert not child.ready()
    child.start()
    assert not child.ready()
    assert wait_until(child.ready, 10.0)
    child.stop(hurry=lambda: False)
    assert not child.ready()


def test_each_soon_failure_doubles_the_wait(failing: Child) -> None:
    waits, now = [], time.monotonic()
    for _attempt in range(9):
        assert failing.process is not None
        failing.process.wait()
        news = failing.revive(now)
        assert news is not None
        assert news.startswith("thing ended with code 3; it starts again in ")
        waits.append(float(news.split(" in ")[1].split(" s")[0]))
        assert failing.revive(now + waits[-1] - 0.1) is None
        assert failing.process is None
        now += waits[-1]
        failing._started = now
        assert failing.revive(now) is None
        failing._started = now
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]


def test_a_steady_time_forgives(failing: Child) -> None:
    assert failing.process is not None
    failing.process.wait()
    failing.failures = 5
    news = failing.revive(time.monotonic() + STEADY_SECONDS + 1)
    assert news is not None
    assert "in 1 s" in news


def test_a_running_child_is_left_alone(tmp_path: Path) -> None:
    child = make_child(tmp_path, "import time; time.sleep(60)")
    child.start()
    assert child.revive(time.monotonic()) is None
    child.stop(hurry=lambda: False)
    child.stop(hurry=lambda: False)


def test_who_does_not_want_to_stop_is_killed_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = make_child(tmp_path, STUBBORN)
    child.start()
    assert child.process is not None
    assert wait_until(lambda: child.written().strip().isdigit(), 10.0)
    grandchild, pid = int(child.written()), child.process.pid
    child.stop(hurry=lambda: True)
    assert not lives(pid)
    assert wait_until(lambda: not lives(grandchild), 5.0)


def test_a_killed_child_is_told_by_its_signal(tmp_path: Path) -> None:
    child = make_child(tmp_path, "import time; time.sleep(60)")
    child.start()
    assert child.process is not None
    child.process.send_signal(signal.SIGKILL)
    child.process.wait()
    assert "was killed by signal 9" in (child.revive(time.monotonic()) or "")
    child.stop(hurry=lambda: True)
