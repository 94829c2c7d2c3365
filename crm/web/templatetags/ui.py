"""Template tags and filters of the design system. Registered as built-ins, so pages need no `{% load %}`.

Figures:   {{ x|money }} {{ x|signed_money }} {{ x|amount_short }} {{ x|percent }} {{ n|number }} {{ n|days }}
           {{ x|quantity }} {{ t|when }} {{ t|day }} {{ client_no|grouped }} {{ n|heat:most }} {{ words|names }}
Small:     {% icon "phone" %} {% badge "tier" code %} {% badge "group" code label %} {% word "style" code %}
           {% kbd "g c" %}
Blocks:    {% card title=… %}…{% endcard %} {% page_header title=… %}…{% endpage_header %}
           {% table_box label=… %}…{% endtable_box %} {% dialog id=… title=… %}…{% enddialog %}
           {% popover label=… %}…{% endpopover %} {% chart … %}…{% endchart %}
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm.web import figures
from crm.web.badges import badge_of
from crm.web.terms import meaning_of

register = template.Library()


@register.filter
def money(value: figures.Number | None) -> str:
    """An amount in yuan with two decimals and thousands separators."""
    return figures.money(value)


@register.filter
def signed_money(value: figures.Number | None) -> str:
    """A movement of money with its sign: in is red, out is green, as Chinese markets colour them."""
    if value is None or value == "":
        return figures.NONE
    amount = figures.to_decimal(value)
    tone = "up" if amount > 0 else "down" if amount < 0 else ""
    sign = "+" if amount > 0 else ""
    return format_html('<span class="num {}">{}{}</span>', tone, sign, figures.money(amount))


@register.filter
def amount_short(value: figures.Number | None) -> str:
    """A large amount in short, the exact figure in the title."""
    if value is None or value == "":
        return figures.NONE
    exact = figures.money(value)
    # Digits and units only, nothing to escape; lists draw hundreds of these, so no format_html.
    return SafeString(
        f'<data class="num" value="{exact.replace(",", "")}" title="{exact}">{figures.amount_short(value)}</data>'
    )


@register.filter
def percent(value: figures.Number | None, places: int = 1) -> str:
    """A share (0.642) as a percentage (64.2%)."""
    return figures.percent(value, places)


@register.filter
def number(value: int | None) -> str:
    """A count with thousands separators."""
    return figures.NONE if value is None else f"{value:,}"


@register.filter
def quantity(value: figures.Number | None) -> str:
    """A quantity with thousands separators and no trailing zeros."""
    return figures.quantity(value)


@register.filter
def days(value: int | None) -> str:
    """A number of days in words."""
    return figures.days(value)


@register.filter
def when(value: date | datetime | None) -> str:
    """A day or an instant as people say it; the full one in the title."""
    if value is None:
        return figures.NONE
    # Digits and our own words, nothing to escape; lists draw hundreds of these, so no format_html.
    return SafeString(
        f'<time datetime="{value.isoformat()}" title="{figures.exact_time(value)}">{figures.when(value)}</time>'
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """The full day (and minute) in the firm's time zone, for tables that are read down a column."""
    return figures.NONE if value is None else figures.exact_time(value)


@register.filter
def grouped(value: str) -> str:
    """A client number in groups of four, easier to read aloud: `1080 0231 4477`."""
    text = str(value)
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@cache
def _sprite() -> str:
    return static("dist/icons.svg")


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite (see static/src/icons.mjs). It is decoration: the word stands beside it. A page draws a
    hundred of a few dozen."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        _sprite(),
        name,
    )


@register.simple_tag
def badge(kind: str, code: str, label: str = "") -> SafeString:
    """A state as icon, word and colour. `kind` is a key of `crm.web.badges.BADGES`; `label` replaces its word."""
    return _badge(kind, code, label, get_language())


@lru_cache(maxsize=2048)
def _badge(kind: str, code: str, label: str, language: str | None) -> SafeString:
    """Lists draw the same few badges hundreds of times; the language is part of the key because the word is."""
    known = badge_of(kind, code)
    tone = f"badge badge-{known.tone}" if known.tone else "badge"
    picture = icon(known.icon) if known.icon else ""
    meaning = meaning_of(kind, code)
    title = format_html(' title="{}"', meaning) if meaning else ""
    return format_html('<span class="{}"{}>{}{}</span>', tone, title, picture, label or known.label)


@register.simple_tag
def word(kind: str, code: str) -> str:
    """The word of a state alone, where a badge would be too much."""
    return _word(kind, code, get_language())


@lru_cache(maxsize=1024)
def _word(kind: str, code: str, language: str | None) -> SafeString:
    return conditional_escape(str(badge_of(kind, code).label))


@register.simple_tag
@lru_cache(maxsize=128)
def kbd(keys: str) -> SafeString:
    """The hint of a key or of a pair ("g c"). Screen readers hear it from aria-keyshortcuts instead."""
    return format_html_join("", '<kbd aria-hidden="true">{}</kbd>', ((key,) for key in keys.split()))


@register.simple_tag
def options_of(field: BoundField) -> str:
    """What the label of a form field belongs to: "group" for a set of boxes, "check" for one, else "input"."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "input"


def _block(name: str, **values: Any) -> str:
    return get_template(f"components/{name}.html").render(values)


@register.simple_block_tag
def card(content: str, title: str = "", note: str = "", **more: Any) -> str:
    """A card: see components/card.html for what `more` may hold."""
    return _block("card", content=content, title=title, note=note, **more)


@register.simple_block_tag
def page_header(content: str, title: str, note: str = "", **more: Any) -> str:
    """The head of a page; the content is its actions. See components/page_header.html."""
    return _block("page_header", content=content, title=title, note=note, **more)


@register.simple_block_tag
def table_box(content: str, label: str) -> str:
    """The box a table scrolls in on narrow screens; `label` names it for screen readers."""
    return _block("table_box", content=content, label=label)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, **more: Any) -> str:  # noqa: A002 – it is the HTML attribute
    """A dialog that `data-open="<id>"` opens. See components/dialog.html."""
    return _block("dialog", content=content, id=id, title=title, **more)


@register.simple_block_tag
def popover(content: str, label: str, **more: Any) -> str:
    """A button with a small box under it; works without scripts. See components/popover.html."""
    return _block("popover", content=content, label=label, **more)


@register.simple_block_tag
def chart(
    content: str,
    id: str,  # noqa: A002 – it is the HTML attribute
    kind: str,
    data: dict[str, Any],
    label: str,
    **more: Any,
) -> str:
    """A chart with the same figures as a table. The content is that table. See components/chart.html.

    `kind` is line-bar, bar, stacked, heatmap or sankey; `data` goes to the page as JSON (its shape is written in
    static/src/js/charts/options.js); `label` says in a sentence what the chart shows.
    """
    source = json_script(data, f"{id}-data")
    return _block("chart", content=content, id=id, kind=kind, source=source, label=label, **more)


@register.filter
def heat(value: figures.Number, most: figures.Number) -> str:
    """The class that shades a cell of a matrix: five steps from the smallest to `most`; none for zero."""
    top = figures.to_decimal(most)
    share = figures.to_decimal(value) / top if top > 0 else figures.to_decimal(0)
    return f"heat-{min(5, int(share * 5) + 1)}" if share > 0 else ""


@register.filter
def names(values: Sequence[Any]) -> str:
    """Several words in one line, with the comma of the language."""
    return ("、" if figures.is_chinese() else ", ").join(str(value) for value in values)


@register.simple_tag
def ui_words(**words: str) -> SafeString:
    """The translated words of scripts as a JSON block (static/src/js/words.js reads it)."""
    return json_script(words, "ui-words")
