"""The bundled Valkey: keeps its queue, serves redis-py and Celery."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery

from crm.embedded import valkey
from crm.embedded.errors import EmbeddedError
from crm.embedded.valkey import ValkeyServer
from tests.servers import Usage, gone, make_valkey


@pytest.fixture
def server(var: Path) -> Iterator[ValkeyServer]:
    """A server that runs."""
    made = make_valkey(var)
    made.start()
    yield made
    made.stop()


def test_it_keeps_the_queue_over_a_stop_and_a_kill(server: ValkeyServer) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.rpush("queue", "a", "b")
    server.stop()
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.llen("queue") == 2
        client.rpush("queue", "c")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert gone(server)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.lrange("queue", 0, -1) == [b"a", b"b", b"c"]


def test_celery_sends_through_it(server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", server.broker_url)
    app = Celery("test", set_as_current=False)
    app.send_task("thing", queue="default")
    app.close()
    with redis.Redis.from_url(server.url) as client:
        assert client.llen("default") == 1


def test_a_stale_pid_file(server: ValkeyServer) -> None:
    server.stop()
    server.account.write(server.pid_file, f"{os.getpid()}\n")
    assert server.pid() is None
    server.start()
    assert server.ready()


def test_a_full_disk(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10, 10, 0))
    with pytest.raises(EmbeddedError, match="is full: 0 MB free"):
        make_valkey(var).start()


def test_a_file_that_cannot_be_read_is_told(server: ValkeyServer) -> None:
    server.stop()
    (server.data / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(EmbeddedError, match=r"(?s)Valkey does not start: .*valkey\.log"):
        server.start()


def test_an_unknown_machine(server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.stop()
    monkeypatch.setattr(valkey, "PLATFORMS", {})
    with pytest.raises(EmbeddedError, match="Set REDIS_URL"):
        server.start()
