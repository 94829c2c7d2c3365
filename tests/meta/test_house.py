"""Rules of the house that no room can keep alone: one-way imports, migrations in step, Chinese for every text."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.db.migrations.loader import MigrationLoader

from scripts.catalogues import merge, missing
from scripts.messages import found_messages


def test_imports_run_one_way() -> None:
    """The contracts in pyproject.toml: app by app, room by room, no circles."""
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([program, "--no-cache"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.django_db
def test_migrations_are_in_step_with_the_models() -> None:
    out = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


@pytest.mark.django_db
def test_migrations_run_in_one_line() -> None:
    """Two migrations on top of one another by accident would have to be merged by hand at every place."""
    graph = MigrationLoader(None).graph
    for label in ("crm", "clients", "callbacks", "complaints"):
        assert len(graph.leaf_nodes(label)) == 1


def test_every_text_has_chinese() -> None:
    merged = merge()
    assert merged.faults == []
    assert missing(merged, found_messages()) == []


def our_models() -> list[type[models.Model]]:
    ours = [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    found = [model for config in ours for model in config.get_models()]
    return [model for model in found if not hasattr(model, "pgh_tracked_model")]


def test_every_choice_has_a_label_that_can_be_translated() -> None:
    """A plain string would stay English on Chinese pages."""
    plain = [
        f"{model.__name__}.{field.name}: {label}"
        for model in our_models()
        for field in model._meta.concrete_fields
        for _value, label in field.flatchoices
        if isinstance(label, str) and type(label) is str
    ]
    assert plain == []
