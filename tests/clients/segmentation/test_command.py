"""`manage.py segment`: the last line, the file, what is stored and what is refused."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clients.segmentation.models import Run, RunResult, SegmentChange
from crm.events.models import Event
from tests.factories.clients import ClientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

KEYS = ["as_of", "policy", "clients", "tier", "style", "group", "matches", "changed", "seconds"]
HEADER = "client_no,tier,style,group,matches,average_assets,trades_per_month,turnover_ratio,commission_12m"


def segment(**options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("segment", stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


@pytest.fixture
def clients() -> None:
    ClientFactory(client_no="B2", opened_on=dt.date(2020, 1, 1))
    ClientFactory(client_no="A1", opened_on=dt.date(2026, 11, 10))


@pytest.mark.usefixtures("clients")
def test_the_last_line_has_every_code(tmp_path: Path) -> None:
    found = segment(as_of="2026-11-20", out=tmp_path / "result.csv")
    assert list(found) == KEYS
    assert found["tier"] == {"none": 0, "silver": 2, "gold": 0, "platinum": 0, "diamond": 0}
    assert (found["clients"], found["changed"], found["group"]["new"], found["group"]["dormant"]) == (2, 2, 1, 1)
    lines = (tmp_path / "result.csv").read_text().splitlines()
    assert lines[0] == HEADER
    assert lines[1] == "A1,silver,investor,new,new,0.00,0.0000,0.0000,0.00"
    assert lines[2].startswith("B2,silver,investor,dormant,dormant;no_trade,0.00,")


@pytest.mark.usefixtures("clients")
def test_a_second_time_changes_nothing() -> None:
    segment(as_of="2026-11-20")
    again = segment(as_of="2026-11-20")
    assert again["changed"] == 0
    assert (Run.objects.count(), SegmentChange.objects.count()) == (1, 2)
    assert Event.objects.filter(name="segments.changed").count() == 1


@pytest.mark.usefixtures("clients")
def test_the_baseline_announces_only_who_is_new() -> None:
    segment(as_of="2026-11-20")
    announced = SegmentChange.objects.filter(announced=True)
    assert list(announced.values_list("client__client_no", "group")) == [("A1", "new")]


@pytest.mark.usefixtures("clients")
def test_an_earlier_day_is_a_backfill() -> None:
    segment(as_of="2026-11-20")
    history, events = SegmentChange.objects.count(), Event.objects.count()
    segment(as_of="2026-10-31")
    assert RunResult.objects.count() == 1  # A1 was not there yet
    assert (SegmentChange.objects.count(), Event.objects.count()) == (history, events)


@pytest.mark.usefixtures("clients")
def test_a_trial_stores_nothing(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text('{"order": ["no_trade"]}')
    found = segment(as_of="2026-11-20", policy=tmp_path / "policy.json")
    assert (found["group"]["no_trade"], found["group"]["general"], found["changed"]) == (1, 1, 2)
    assert segment(as_of="2026-11-20", dry_run=True)["group"]["new"] == 1
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"tiers": {"gold": 5000000}}', "out of order"),
        ('{"movement": {"speed": 1}}', "movement.speed"),
        ('{"order": ["core", "core"]}', "twice"),
        ("{", "not a JSON document"),
    ],
)
def test_a_bad_policy_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "policy.json").write_text(text)
    with pytest.raises(CommandError, match=words):
        segment(as_of="2026-11-20", policy=tmp_path / "policy.json")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-13-01", "is not a day"),
        ("2099-01-01", "has not come yet"),
        ("1899-12-31", "The earliest possible day is 1900-01-01"),
        ("0001-01-01", "The earliest possible day is 1900-01-01"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_bad_day_is_refused_in_words(day: str, words: str, dry_run: bool) -> None:
    with pytest.raises(CommandError, match=words):
        segment(as_of=day, dry_run=dry_run)


def test_a_missing_policy_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json"):
        segment(as_of="2026-11-20", policy=tmp_path / "nowhere.json")
