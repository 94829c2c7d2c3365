"""The supervisor as a real process, with small programs in the place of web, workers and beat."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crm.embedded import EmbeddedError, processes, supervisor
from crm.embedded.places import PROJECT
from crm.embedded.postgres import PostgresServer
from crm.embedded.programs import check_port
from crm.embedded.supervisor import Supervisor
from tests.servers import Holder, clean_environment, gone, make_valkey

PROGRAM = """
import os, signal, sys, time
def leave(*_):
    with open(os.environ["CRM_VAR"] + "/order", "a") as stream:
        stream.write(sys.argv[1] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("go", flush=True)
while True:
    time.sleep(0.1)
"""

DRIVER = f"""
import sys
from crm.embedded import supervisor
from crm.embedded.children import Program
def small(name):
    return Program(name, (sys.executable, "-c", {PROGRAM!r}, name), "here", lambda text: "go" in text, 5.0)
supervisor.web = lambda host, port: small("web")
supervisor.background = lambda var: [small("worker"), small("beat")]
supervisor.Supervisor._prepare = lambda self: "demo account: 10001"
supervisor.main()
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Run:
    """A supervisor on its own folder and port."""

    def __init__(self, var: Path, port: int | str) -> None:
        self.var = var
        self.output = var / f"output-{port}"
        environment = clean_environment(var) | {"PORT": str(port)}
        with self.output.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DRIVER], cwd=PROJECT, env=environment, stdout=stream, stderr=stream
            )

    def said(self, words: str) -> bool:
        """Whether it says so within twenty seconds."""
        return processes.wait_until(lambda: words in self.output.read_text(), 20.0)

    def pid(self, name: str) -> int:
        """The process number that its table shows for `name`."""
        found = re.search(rf"^  {name} +(\d+) ", self.output.read_text(), re.MULTILINE)
        assert found is not None
        return int(found.group(1))

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit code."""
        self.process.send_signal(sign)
        return self.process.wait(timeout=30)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_shows_what_runs_and_stops_it_in_order(cluster: PostgresServer, sign: signal.Signals) -> None:
    run = Run(cluster.var, free_port())
    assert run.said("Ready after")
    text = run.output.read_text()
    assert re.search(r"name +pid +address +log", text)
    assert "demo account: 10001" in text
    assert run.pid("postgres") == cluster.pid()
    for name in ("valkey", "web", "worker", "beat"):
        assert processes.lives(run.pid(name))
    assert run.end(sign) == 0
    assert (cluster.var / "order").read_text().split() == ["web", "beat", "worker"]
    assert "Everything of this firm has stopped." in run.output.read_text()
    for name in ("postgres", "valkey", "web", "worker", "beat"):
        assert not processes.lives(run.pid(name))


def test_a_term_that_comes_twice_is_no_hurry_and_a_second_ctrl_c_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CRM_VAR", str(tmp_path))
    made = Supervisor()
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
        made.on_signal(number, None)
    assert (made.stopping, made.in_a_hurry) == (True, False)
    assert made.stopping_since is not None
    made.stopping_since -= 2.0
    made.on_signal(signal.SIGTERM, None)
    assert not made.in_a_hurry
    made.on_signal(signal.SIGINT, None)
    assert made.in_a_hurry


def test_a_command_that_runs_when_a_signal_comes_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRM_VAR", str(tmp_path))
    monkeypatch.setattr(supervisor, "PROJECT", tmp_path)
    monkeypatch.setattr(supervisor, "COMMAND_PATIENCE_SECONDS", 0.5)
    (tmp_path / "manage.py").write_text(
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    made = Supervisor()
    log = tmp_path / "log" / "setup.log"

    def wait(_seconds: float) -> None:
        if "up" in log.read_text():
            made.on_signal(signal.SIGTERM, None)

    monkeypatch.setattr(made._wake, "wait", wait)
    made._manage("migrate", "Laying the tables")
    assert made.stopping
    made._manage("demo_firm", "Not any more")
    assert log.read_text() == "up\n"


def test_what_dies_is_started_again(cluster: PostgresServer) -> None:
    run = Run(cluster.var, free_port())
    assert run.said("Ready after")
    os.kill(run.pid("worker"), signal.SIGKILL)
    assert run.said("worker was killed by signal 9; it starts again in 1 s.")
    os.kill(run.pid("postgres"), signal.SIGKILL)
    assert run.said("postgres has stopped; it starts again.")
    assert processes.wait_until(cluster.ready, 20.0)
    valkey = make_valkey(cluster.var)
    os.kill(run.pid("valkey"), signal.SIGKILL)
    assert run.said("valkey has stopped; it starts again.")
    assert processes.wait_until(valkey.ready, 20.0)
    log = cluster.var / "log" / "worker.log"
    assert processes.wait_until(lambda: log.read_text().count("go") == 2, 20.0)
    assert run.end() == 0
    assert (cluster.var / "order").read_text().split() == ["web", "beat", "worker"]
    assert cluster.pid() is None
    assert valkey.pid() is None


def test_a_second_start_beside_the_first(cluster: PostgresServer) -> None:
    port = free_port()
    first = Run(cluster.var, port)
    assert first.said("Ready after")
    second = Run(cluster.var, free_port())
    assert second.process.wait(timeout=20) == 1
    text = second.output.read_text()
    assert f"This firm is already running (process {first.process.pid}, http://localhost:{port})" in text
    assert "CRM_VAR=/another/folder" in text
    assert "Traceback" not in text
    assert first.process.poll() is None
    first.end()


def test_a_busy_port(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = Run(var, port)
        assert run.process.wait(timeout=20) == 1
    assert f"choose another port: make run PORT={port + 1}" in run.output.read_text()
    assert "Traceback" not in run.output.read_text()
    assert not (var / "postgres").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "2001:db8::1", "999.1.1.1"])
def test_an_address_of_another_machine(host: str) -> None:
    with pytest.raises(EmbeddedError, match=r"cannot listen on .*Choose an address of this machine: make run HOST="):
        check_port(host, free_port())


def test_a_port_that_is_none(var: Path) -> None:
    run = Run(var, "80o0")
    assert run.process.wait(timeout=20) == 1
    assert "PORT=80o0 is not a port" in run.output.read_text()


def test_a_server_that_another_command_uses_goes_on(cluster: PostgresServer) -> None:
    run = Run(cluster.var, free_port())
    assert run.said("Ready after")
    shell = Holder(cluster.var).wait_up()
    assert run.end() == 0
    assert f"postgres goes on running: process {shell.process.pid} still uses it." in run.output.read_text()
    assert cluster.ready()
    shell.leave()
    assert gone(cluster)


def test_a_killed_supervisor_takes_its_programs_along_and_the_next_one_goes_on(cluster: PostgresServer) -> None:
    first = Run(cluster.var, free_port())
    assert first.said("Ready after")
    first.end(signal.SIGKILL)
    pids = [first.pid(name) for name in ("web", "worker", "beat")]
    assert processes.wait_until(lambda: not any(map(processes.lives, pids)), 10.0)
    second = Run(cluster.var, free_port())
    assert second.said("Ready after")
    assert second.pid("postgres") == first.pid("postgres")
    assert second.end() == 0
    assert cluster.pid() is None
