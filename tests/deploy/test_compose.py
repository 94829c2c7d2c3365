"""docker-compose.yml, Dockerfile and nginx.conf say what they should and agree with each other."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from crm.embedded.programs import web
from scripts import deploy_secrets

from .compose_schema import COMPOSE

OURS = ("migrate", "web", "worker", "heavy", "beat")
Service = dict[str, Any]


def test_it_follows_the_schema(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(COMPOSE)
    jsonschema.validate(compose, COMPOSE)


@pytest.mark.parametrize(
    "change", [{"comand": []}, {"read_only": "maybe"}, {"restart": "sometimes"}, {"image": "latest"}]
)
def test_the_schema_notices_slips(compose: dict[str, Any], change: dict[str, Any]) -> None:
    broken = compose | {"services": compose["services"] | {"web": compose["services"]["web"] | change}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, COMPOSE)


def test_every_name_that_is_used_is_declared(compose: dict[str, Any], services: dict[str, Service]) -> None:
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service["networks"]) <= set(compose["networks"])
        used = {one if isinstance(one, str) else one["source"] for one in service.get("secrets", [])}
        assert used <= set(compose["secrets"])
        volumes = {one.split(":")[0] for one in service.get("volumes", [])}
        assert {name for name in volumes if not name.startswith(".")} <= set(compose["volumes"])


def test_files_that_are_mounted_exist(services: dict[str, Service], project: Path) -> None:
    mounted = [one.split(":")[0] for service in services.values() for one in service.get("volumes", [])]
    files = [project / name for name in mounted if name.startswith(".")]
    assert len(files) == 2
    assert all(file.is_file() for file in files)


def test_nothing_runs_as_root_or_writes_where_it_should_not(services: dict[str, Service], project: Path) -> None:
    assert re.search(r"^USER 10001:10001$", (project / "Dockerfile").read_text(), re.MULTILINE)
    for name, service in services.items():
        assert name in OURS or not service["user"].startswith(("0", "root"))
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_stays_up_is_watched_and_started_again(services: dict[str, Service]) -> None:
    for name, service in services.items():
        assert ("healthcheck" in service) is (name != "migrate")
        assert service["restart"] == ("on-failure:3" if name == "migrate" else "unless-stopped")


def test_only_nginx_is_reachable_from_outside(compose: dict[str, Any], services: dict[str, Service]) -> None:
    assert compose["networks"]["inside"]["internal"] is True
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in services.items() if "outside" in service["networks"]] == ["nginx"]


def test_data_are_kept(services: dict[str, Service]) -> None:
    assert "postgres:/var/lib/postgresql" in services["postgres"]["volumes"]
    assert "valkey:/data" in services["valkey"]["volumes"]


def test_only_migrations_know_the_owner(services: dict[str, Service]) -> None:
    knowing = [name for name, service in services.items() if "database_owner_url" in service.get("secrets", [])]
    assert knowing == ["migrate"]
    assert services["migrate"]["environment"]["DATABASE_OWNER_URL_FILE"] == "/run/secrets/database_owner_url"


def test_no_secret_stands_in_an_environment(services: dict[str, Service]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            secret = re.search("PASSWORD|SECRET|_URL|KEYS", name)
            assert not secret or value.startswith("/run/"), name


def test_the_secrets_script_makes_every_file(compose: dict[str, Any], tmp_path: Path) -> None:
    first = deploy_secrets.make(tmp_path / "secrets")
    deploy_secrets.make_certificate(tmp_path / "secrets", "crm.example.com")
    wanted = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    assert wanted <= {path.name for path in (tmp_path / "secrets").iterdir()}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert deploy_secrets.make(tmp_path / "secrets") == first
    assert re.fullmatch("[0-9a-f]{64}", first["key_data_1"])
    assert first["app_password"] in first["database_url"]
    assert first["app_password"] != first["owner_password"]


def test_the_secrets_command_says_how_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["deploy_secrets.py"])
    with pytest.raises(SystemExit, match=r"Usage: .* HOST"):
        deploy_secrets.main()


def test_without_openssl_the_certificate_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["deploy_secrets.py", "crm.example.com"])
    monkeypatch.setattr(deploy_secrets, "FOLDER", tmp_path / "secrets")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="Put yours into"):
        deploy_secrets.main()


def test_web_runs_as_under_make_run(services: dict[str, Service], project: Path) -> None:
    ours = web("0.0.0.0", 8000).command[1:]
    longer = [
        "20" if before == "--workers-kill-timeout" else part for before, part in zip(("", *ours), ours, strict=False)
    ]
    assert services["web"]["command"] == ["granian", *longer]
    last = next(line for line in (project / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
    assert json.loads(last.removeprefix("CMD ")) == services["web"]["command"]


def test_the_image_gets_what_it_copies(project: Path) -> None:
    text = (project / "Dockerfile").read_text()
    copied = [
        shlex.split(line)[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    sources = {source for group in copied for source in group}
    allowed = {line[1:] for line in (project / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for source in sources:
        assert (project / source).exists(), source
        assert source in allowed or source.split("/")[0] in allowed, source
    assert sources >= {"manage.py", "crm", "clients", "callbacks", "complaints", "education", "templates", "locale"}


def test_nginx_points_at_what_there_is(services: dict[str, Service], project: Path) -> None:
    text = re.sub(r"#.*", "", (project / "deploy" / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    for line in filter(None, map(str.strip, text.splitlines())):
        assert line.endswith(("{", "}", ";")), line
    host, port = re.findall(r"server ([a-z]+):(\d+);", text)[0]
    assert port in services[host]["command"]
    listens = set(re.findall(r"listen (\d+)", text))
    assert {one.split(":")[-1] for one in services["nginx"]["ports"]} == listens
    targets = {f"/run/secrets/{name}" for name in services["nginx"]["secrets"]}
    assert set(re.findall(r"ssl_certificate(?:_key)? ([^;]+);", text)) == targets
