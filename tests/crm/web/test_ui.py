"""Tags and filters of the design system, and the components they draw."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import lazy

from crm.web.badges import BADGES, Badge, badge_of
from crm.web.templatetags import ui

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def draw(source: str, **values: Any) -> str:
    return Template(source).render(Context(values))


# --- figures -----------------------------------------------------------------------------------


def test_a_short_amount_keeps_the_exact_figure_in_its_title() -> None:
    with translation.override("zh-hans"):
        html = ui.amount_short(Decimal("8124000.5"))
    assert html == '<data class="num" value="8124000.50" title="8,124,000.50">812.4万</data>'
    assert ui.amount_short(None) == "–"


def test_money_that_comes_in_is_red_and_money_that_goes_out_is_green() -> None:
    assert ui.signed_money(Decimal("1200")) == '<span class="num up">+1,200.00</span>'
    assert ui.signed_money(Decimal("-1200")) == '<span class="num down">-1,200.00</span>'
    assert ui.signed_money(Decimal("0")) == '<span class="num ">0.00</span>'
    assert ui.signed_money(None) == "–"


def test_a_time_keeps_the_full_instant_in_its_title() -> None:
    html = ui.when(datetime(2019, 11, 19, 1, 5, tzinfo=ZoneInfo("UTC")))
    assert 'title="2019-11-19 09:05"' in html
    assert ">2019-11-19<" in html
    assert ui.when(None) == "–"


def test_the_small_filters() -> None:
    assert ui.money(Decimal("12")) == "12.00"
    assert ui.percent(Decimal("0.5"), 0) == "50%"
    assert ui.number(1234567) == "1,234,567"
    assert ui.number(None) == "–"
    assert ui.days(2) == "2 days"
    assert ui.day(date(2026, 11, 19)) == "2026-11-19"
    assert ui.day(None) == "–"
    assert ui.grouped("108002314477") == "1080 0231 4477"
    assert ui.names(["a", "b"]) == "a, b"
    with translation.override("zh-hans"):
        assert ui.names(["a", "b"]) == "a、b"


@pytest.mark.parametrize(
    ("value", "most", "step"), [(0, 100, ""), (1, 100, "heat-1"), (50, 100, "heat-3"), (100, 100, "heat-5"), (5, 0, "")]
)
def test_cells_of_a_matrix_are_shaded_in_five_steps(value: int, most: int, step: str) -> None:
    assert ui.heat(value, most) == step


# --- icons and badges ----------------------------------------------------------------------------


def test_an_icon_is_decoration() -> None:
    html = ui.icon("phone")
    assert 'aria-hidden="true"' in html
    assert "dist/icons.svg#phone" in html


def test_a_state_is_icon_word_and_colour() -> None:
    html = ui.badge("group", "movement")
    assert "badge-loud" in html
    assert "#triangle-filled" in html
    assert html.endswith("Movement</span>")


def test_a_page_may_give_a_badge_its_own_word_which_is_escaped() -> None:
    assert ui.badge("tier", "gold", "<b>Gold</b>").endswith("&lt;b&gt;Gold&lt;/b&gt;</span>")


def test_an_unknown_code_shows_itself() -> None:
    assert ui.badge("tier", "copper") == '<span class="badge">copper</span>'
    assert ui.word("style", "trader") == "Trader"


def test_a_badge_speaks_the_language_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = lazy(lambda: f"word in {translation.get_language()}", str)()
    monkeypatch.setitem(BADGES, "spoken", {"x": Badge(spoken)})
    assert "word in en" in ui.badge("spoken", "x")
    with translation.override("zh-hans"):
        assert "word in zh-hans" in ui.badge("spoken", "x")


@pytest.mark.parametrize("kind", sorted(BADGES))
def test_every_badge_has_a_word(kind: str) -> None:
    assert all(str(badge_of(kind, code).label) for code in BADGES[kind])


def sprite_names() -> set[str]:
    """The icons that the build puts into the sprite."""
    text = (ROOT / "static/src/icons.mjs").read_text(encoding="utf-8")
    outline, filled = text.split("export const filled")
    return set(re.findall(r'"([\w-]+)"', outline)) | {f"{name}-filled" for name in re.findall(r'"([\w-]+)"', filled)}


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    used = {badge.icon for kind in BADGES.values() for badge in kind.values() if badge.icon}
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(
            re.findall(r'icon(?:_name)?\|default:"([\w-]+)"', text)
        )
        used |= set(re.findall(r'icon_name="([\w-]+)"', text))
    assert used - sprite_names() == set()


# --- components ----------------------------------------------------------------------------------


def test_a_card_wraps_its_content_and_escapes_its_title() -> None:
    html = draw('{% card title=title id="today" %}<p>{{ word }}</p>{% endcard %}', title="A & B", word="<i>")
    assert '<h2 id="today-title">A &amp; B</h2>' in html
    assert "<p>&lt;i&gt;</p>" in html
    assert 'aria-labelledby="today-title"' in html


def test_a_page_header_is_the_h1_with_its_actions() -> None:
    html = draw('{% page_header title="Clients" note="312" %}<a class="btn">New</a>{% endpage_header %}')
    assert "<h1>Clients</h1>" in html
    assert '<div class="page-actions"><a class="btn">New</a></div>' in html
    assert "page-actions" not in draw('{% page_header title="Clients" %}{% endpage_header %}')


def test_escape_leads_back_to_the_last_crumb() -> None:
    html = draw('{% page_header title="C" crumbs=crumbs %}{% endpage_header %}', crumbs=[("A", "/a"), ("B", "/b")])
    assert '<a href="/b" data-back>B</a>' in html
    assert '<a href="/a">A</a>' in html


def test_a_chart_brings_its_data_a_name_and_a_table() -> None:
    html = draw(
        '{% chart id="c" kind="bar" data=data label="Clients by group" title="Groups" %}<table></table>{% endchart %}',
        data={"labels": ["</script>"], "series": [{"name": "n", "values": [Decimal("1.5")]}]},
    )
    assert 'role="img"' in html
    assert 'aria-label="Clients by group"' in html
    assert 'data-chart="bar"' in html
    assert 'data-source="c-data"' in html
    assert '<script id="c-data" type="application/json">' in html
    assert '"1.5"' in html
    assert "\\u003C/script\\u003E" in html
    assert "<table></table>" in html


def test_a_dialog_can_be_closed_and_is_named() -> None:
    html = draw('{% dialog id="reveal" title="Show the number" %}<p>Why?</p>{% enddialog %}')
    assert '<dialog id="reveal" aria-labelledby="reveal-title">' in html
    assert "data-close" in html


def test_filters_work_without_scripts_and_keep_what_is_chosen() -> None:
    options = [
        {"value": "gold", "label": "Gold card", "number": 0, "selected": True},
        {"value": "silver", "label": "Silver card", "number": None, "selected": False},
    ]
    lines = render_to_string("components/filter_options.html", {"name": "tier", "options": options})
    chip = {"name": "tier", "label": "Tier", "chosen": "Gold card", "clear_url": "/list", "lines": lines}
    html = render_to_string("components/filter_chips.html", {"filters": [chip], "hidden": [("sort", "-assets")]})
    assert 'method="get"' in html
    assert '<input type="checkbox" name="tier" value="gold" checked>' in html
    assert '<span class="check-note">0</span>' in html
    assert '<input type="hidden" name="sort" value="-assets">' in html
    assert 'aria-label="Remove the filter Tier"' in html
    assert '<button class="btn btn-small" type="submit">' in html


def test_the_pager_shows_where_there_is_nothing_more() -> None:
    html = render_to_string("components/pager.html", {"next_url": "?after=x"})
    assert '<a class="btn" rel="next" href="?after=x">' in html
    assert html.count('aria-disabled="true"') == 1
    assert "pager-links" not in render_to_string("components/pager.html", {})


class Sample(forms.Form):
    day = forms.DateField(help_text="The day of the data")
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField()
    note = forms.CharField(required=False)


def field(name: str, **data: str) -> str:
    form = Sample(data) if data else Sample()
    return render_to_string("components/field.html", {"field": form[name]})


def test_a_field_has_label_help_and_error_joined_by_their_ids() -> None:
    html = field("day", day="nonsense")
    assert '<label class="field-label" for="id_day">' in html
    assert 'value="nonsense"' in html
    assert 'id="id_day_helptext"' in html
    assert 'id="id_day_error"' in html
    assert 'aria-describedby="id_day_helptext id_day_error"' in html
    assert "field-bad" in html


def test_a_set_of_choices_is_a_fieldset_and_one_box_has_its_label_beside() -> None:
    assert re.search(r"<legend>\s*Way\s*</legend>", field("way"))
    assert '<label class="check"><input type="checkbox" name="sure"' in field("sure")
    assert "optional" in field("note")
    assert "optional" not in field("day")


def test_a_running_job_asks_for_itself_and_an_ended_one_rests() -> None:
    running = {"title": "Assets", "state": "running", "done": 412000, "total": 1000000, "poll_url": "/jobs/1"}
    html = render_to_string("components/job.html", running)
    assert 'hx-get="/jobs/1" hx-trigger="load delay:2s"' in html
    assert '<progress max="1000000" value="412000"' in html
    assert "412,000 of 1,000,000" in html
    ended = render_to_string("components/job.html", {"title": "Assets", "state": "done", "done": 9, "total": 9})
    assert "hx-get" not in ended
    assert "<progress" not in ended


def test_words_of_scripts_come_as_data() -> None:
    assert ui.ui_words(copied="Copied") == '<script id="ui-words" type="application/json">{"copied": "Copied"}</script>'


@pytest.mark.parametrize("code", [400, 403, 404, 413, 429, 500, 503])
def test_error_pages_need_no_context(code: int) -> None:
    html = render_to_string(f"errors/{code}.html", {"reference": "7f3c21d8"})
    assert f'<div class="error-code">{code}</div>' in html
    assert "<code>7f3c21d8</code>" in html
    assert "<h1>" in html
    assert render_to_string(f"errors/{code}.html")


def test_a_refusal_says_why_and_escapes_it() -> None:
    html = render_to_string("errors/403.html", {"reason": "Needs <compliance>"})
    assert "Needs &lt;compliance&gt;" in html


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_obey_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "inline style"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*nonce=)[^>]*>", text), "inline script"
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text), "another host"
