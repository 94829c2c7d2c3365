"""docker-compose.yml, read once."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm.embedded.places import PROJECT

VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def filled(value: Any, variables: dict[str, str]) -> Any:
    """A part of the file with `${NAME:-default}` replaced and `$$` turned into `$`, as Compose does it."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: variables.get(found[1], found[2]), value).replace("$$", "$")
    if isinstance(value, list):
        return [filled(part, variables) for part in value]
    if isinstance(value, dict):
        return {name: filled(part, variables) for name, part in value.items()}
    return value


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """The file with default values filled in."""
    text = (PROJECT / "docker-compose.yml").read_text()
    loaded: dict[str, Any] = filled(yaml.safe_load(text), {})
    return loaded


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Its services by name."""
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


@pytest.fixture
def plain_environment() -> dict[str, str]:
    """What any process has, without anything of ours."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture
def project() -> Path:
    """The project's folder."""
    return PROJECT
