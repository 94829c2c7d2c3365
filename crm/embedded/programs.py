"""The programs of the firm: their command lines, addresses, and how one knows that they are ready."""

import errno
import functools
import http.client
import os
import socket
import sys
from pathlib import Path

from .children import Program
from .errors import EmbeddedError

BIN = Path(sys.executable).parent
WEB_PATIENCE, BEAT_PATIENCE, WORKER_PATIENCE = 10.0, 5.0, 20.0


def chosen_port() -> int:
    """The port in `PORT` (8000 when unset). Raises EmbeddedError when it is not a port number."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise EmbeddedError(f"PORT={text} is not a port. Use a number from 1024 to 65535: make run PORT=8001")
    return int(text)


def check_port(host: str, port: int) -> None:
    """Raise EmbeddedError when this user cannot listen on `host`:`port`."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        raise EmbeddedError(f"Port {port} is kept for root. Choose another one: make run PORT=8000") from None
    except OSError as error:
        way_out = f"Stop the program that listens there, or choose another port: make run PORT={port % 65535 + 1}"
        if error.errno != errno.EADDRINUSE:
            way_out = "Choose an address of this machine: make run HOST=127.0.0.1"
        raise EmbeddedError(f"The web cannot listen on {host}:{port} ({error.strerror}). {way_out}") from None


def answers(host: str, port: int) -> bool:
    """Whether the web answers a page, whatever it says, without failing."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def web(host: str, port: int) -> Program:
    """The web server: two processes, HTTP/1.1, on `host`:`port`."""
    command = [str(BIN / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port), "--http", "1"]
    command += ["--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "8"]
    reachable = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not listened on
    ready = functools.partial(_web_ready, reachable, port)
    return Program("web", (*command, "crm.wsgi:application"), f"http://{host}:{port}", ready, WEB_PATIENCE)


def _web_ready(host: str, port: int, written: str) -> bool:
    return "Started worker-" in written and answers(host, port)


def _worker_ready(written: str) -> bool:
    return " ready." in written


def _beat_ready(written: str) -> bool:
    return "beat: Starting" in written


def background(var: Path) -> list[Program]:
    """Celery: a worker for what is short, one for what is heavy, and the clock that sends the tasks out."""
    celery = (str(BIN / "celery"), "-A", "crm.celery")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
    programs = []
    for name, queue, processes in (("worker", "default", 2), ("heavy", "heavy", 1)):
        command = (*celery, "worker", "-n", f"{name}@%h", "-Q", queue, "--concurrency", str(processes), *quiet)
        programs.append(Program(name, command, f"queue {queue}", _worker_ready, WORKER_PATIENCE))
    schedule = var / "state" / "beat-schedule"
    beat = (*celery, "beat", "--schedule", str(schedule), "--pidfile=", "--loglevel", "INFO")
    return [*programs, Program("beat", beat, "schedule", _beat_ready, BEAT_PATIENCE)]
