"""Draws docs/data-model.md from the models: `python -m scripts.data_model`, with `--check` only compares.

One diagram a room; tables of history (`…Event`) are left out, they mirror the table whose name they carry.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.apps import apps  # noqa: E402 - models exist after the set-up above
from django.db import connection, models  # noqa: E402

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "data-model.md"
APPS = ("crm", "clients", "callbacks", "complaints", "education")
HEAD = """# Data model

Drawn from the models by `python -m scripts.data_model`; a test sees to it that it is up to date.

- Every table that keeps history has a table `…event` beside it: one row a change, written by statement triggers, with
  who and why in `pgh_context`. The application may add to it and never change it.
- Assets, trades and cash flows are partitioned by month of `day`, carry their natural key and no foreign key; the
  partitions are made by `clients_ensure_months(table, first day, last day)`.
- `*_sealed` is AES-GCM, `*_digest` an HMAC for exact look-up, `*_masked` what lists show. Keys lie outside the
  database.
- Amounts are CNY with two decimals, days are calendar days in Asia/Shanghai.
"""


def rooms() -> dict[str, list[type[models.Model]]]:
    """The models of the project's apps by room, without history tables, in the order of their names."""
    found: dict[str, list[type[models.Model]]] = {}
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            if not hasattr(model, "pgh_tracked_model") and model._meta.db_table and _has_table(model):
                found.setdefault(model.__module__.removesuffix(".models"), []).append(model)
    return {room: sorted(found[room], key=lambda model: model.__name__) for room in sorted(found, key=_place)}


def _place(room: str) -> tuple[int, str]:
    return APPS.index(room.split(".")[0]), room


def _has_table(model: type[models.Model]) -> bool:
    return bool(model._meta.managed or len(model._meta.local_fields) > 1)


def _type(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.ForeignKey):
        return "bigint"
    words = re.sub(r"^numeric\(.*\)$", "numeric", field.db_type(connection) or "text")
    return words.replace(" with time zone", "tz").replace(" ", "_")


def _line(field: models.Field[Any, Any]) -> str:
    key = "FK" if isinstance(field, models.ForeignKey) else "UK" if field.unique else ""
    return f"        {_type(field)} {field.column} {'PK' if field.primary_key else key}".rstrip()


def _columns(model: type[models.Model]) -> Iterator[str]:
    """The columns; the three that keep one personal field are one line."""
    for field in model._meta.local_concrete_fields:
        name = str(field.column)
        if name.endswith(("_digest", "_masked")):
            continue
        if name.endswith("_sealed"):
            yield f'        sealed {name.removesuffix("_sealed")} "sealed, digest, masked"'
        else:
            yield _line(field)


def _relations(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is not None:
            end = "o|" if field.unique else "o{"
            start = "|o" if field.null else "||"
            target: Any = field.related_model
            name = model.__name__ if target == "self" else target.__name__
            yield f'    {name} {start}--{end} {model.__name__} : "{field.name}"'


def _diagram(members: list[type[models.Model]]) -> str:
    lines = ["```mermaid", "erDiagram"]
    for model in members:
        lines += [f"    {model.__name__} {{", *_columns(model), "    }"]
    for model in members:
        lines += _relations(model)
    return "\n".join([*lines, "```"])


def _legend(members: list[type[models.Model]]) -> str:
    rows = [f"| `{model._meta.db_table}` | {_purpose(model)} | {_kept(model)} |" for model in members]
    return "\n".join(["| table | what a row is | history |", "|---|---|---|", *rows])


def _purpose(model: type[models.Model]) -> str:
    words = (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ")
    words = re.sub(r"\s*\((see )?`?\w+\.(md|py)`?\)|: see `\w+\.md`", "", words)
    return "" if words.startswith(f"{model.__name__}(") else words


def _kept(model: type[models.Model]) -> str:
    tracked = any(getattr(other, "pgh_tracked_model", None) is model for other in apps.get_models())
    return "yes" if tracked else "–"


def document() -> str:
    """The whole page."""
    parts = [HEAD]
    for room, members in rooms().items():
        parts.append(f"## {room.replace('.', '/')}\n\n{_legend(members)}\n\n{_diagram(members)}\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is up to date (exit code 1 when it is not)."""
    page = document()
    if "--check" in arguments:
        if DOCUMENT.exists() and DOCUMENT.read_text() == page:
            return 0
        print(f"{DOCUMENT.name} differs from the models. Write it anew: python -m scripts.data_model")
        return 1
    DOCUMENT.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
