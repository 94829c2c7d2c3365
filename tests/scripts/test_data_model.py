"""The drawn data model is that of the models."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps

from scripts import data_model


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert data_model.main(["--check"]) == 0, capsys.readouterr().out


def test_an_old_page_is_said_to_be_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(data_model, "DOCUMENT", tmp_path / "data-model.md")
    assert data_model.main(["--check"]) == 1
    assert "python -m scripts.data_model" in capsys.readouterr().out
    assert data_model.main([]) == 0
    assert data_model.main(["--check"]) == 0


def test_every_table_of_ours_is_drawn_once() -> None:
    drawn = [model for members in data_model.rooms().values() for model in members]
    assert len(drawn) == len(set(drawn))
    tracked = {model for model in apps.get_app_config("clients").get_models() if hasattr(model, "pgh_tracked_model")}
    assert not tracked & set(drawn)
    assert {"Client", "Standing", "Trade", "Unit", "Event"} <= {model.__name__ for model in drawn}


def test_personal_fields_are_one_line_each() -> None:
    page = data_model.document()
    assert 'sealed phone "sealed, digest, masked"' in page
    assert "phone_digest" not in page
