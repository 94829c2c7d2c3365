"""What docker-compose.yml may contain, as a JSON schema: the parts of the Compose specification that we use.

Narrower than the specification on purpose: an unknown or misspelt key fails.
"""

from typing import Any

NAME = "^[a-zA-Z0-9._-]+$"
DURATION = {"type": "string", "pattern": "^([0-9]+(ms|s|m|h))+$"}
STRINGS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def named(schema: dict[str, Any]) -> dict[str, Any]:
    """An object whose keys are names and whose values follow `schema`."""
    return {"type": "object", "patternProperties": {NAME: schema}, "additionalProperties": False}


SECRET_USE = {
    "oneOf": [{"type": "string"}, closed({"source": {"type": "string"}, "target": {"type": "string"}}, "source")]
}
DEPENDENCY = closed(
    {"condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}}, "condition"
)
HEALTHCHECK = closed(
    {
        "test": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}],
        },
        "interval": DURATION,
        "timeout": DURATION,
        "retries": {"type": "integer", "minimum": 1},
        "start_period": DURATION,
    },
    "test",
    "interval",
    "timeout",
    "retries",
)
SERVICE = closed(
    {
        "image": {"type": "string", "pattern": "^[a-z0-9./-]+:[a-zA-Z0-9._-]+$"},
        "build": {"type": "string"},
        "cap_drop": STRINGS,
        "command": {"type": "array", "items": {"type": "string"}},
        "depends_on": named(DEPENDENCY),
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "healthcheck": HEALTHCHECK,
        "networks": STRINGS,
        "ports": {"type": "array", "items": {"type": "string", "pattern": "^.+:[0-9]+$"}},
        "read_only": {"type": "boolean"},
        "restart": {"type": "string", "pattern": "^(no|always|unless-stopped|on-failure(:[0-9]+)?)$"},
        "secrets": {"type": "array", "items": SECRET_USE},
        "security_opt": STRINGS,
        "shm_size": {"type": "string", "pattern": "^[0-9]+(kb|mb|gb)$"},
        "stop_grace_period": DURATION,
        "tmpfs": STRINGS,
        "user": {"type": "string"},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:/[^:]+(:ro)?$"}},
    },
    "image",
    "restart",
    "networks",
)
COMPOSE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        {
            "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
            "services": named(SERVICE),
            "networks": named(closed({"internal": {"type": "boolean"}})),
            "volumes": named(closed({})),
            "secrets": named(closed({"file": {"type": "string", "pattern": "^\\./"}}, "file")),
        },
        "name",
        "services",
        "networks",
        "volumes",
        "secrets",
    ),
    "patternProperties": {"^x-": {}},
}
