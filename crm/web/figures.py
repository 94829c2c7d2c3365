"""How figures, days and times are written for people, in the language of the page. Pure functions, no HTML.

Money is `Decimal` in yuan. Large amounts are short (万 / 亿 in Chinese, K / M / B in English); the exact figure is
always one hover away, see `crm.web.templatetags.ui`.
"""

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NONE = "–"
CHINESE_UNITS = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
ENGLISH_UNITS = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))

Number = Decimal | int | float | str


def is_chinese() -> bool:
    """Whether the page is being written in Chinese."""
    return (get_language() or "").startswith("zh")


def to_decimal(value: Number) -> Decimal:
    """A number as an exact decimal; a float goes through its shortest text (0.1 stays 0.1)."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def rounded(value: Decimal, places: int) -> Decimal:
    """Rounded half away from zero, as PostgreSQL's `round(numeric, n)` does; never minus zero."""
    result = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def money(value: Number | None, places: int = 2) -> str:
    """`1,234,567.80`; a dash for nothing."""
    return NONE if value is None or value == "" else f"{rounded(to_decimal(value), places):,}"


def quantity(value: Number | None) -> str:
    """A number of shares or the like, `483,800` or `0.125`: all its decimals, no trailing zeros; a dash for nothing."""
    if value is None or value == "":
        return NONE
    text = f"{to_decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_short(value: Number | None) -> str:
    """`812.4万`, `1.25亿` in Chinese, `8.1M` in English; under the smallest unit `8,450`; a dash for nothing."""
    if value is None or value == "":
        return NONE
    amount = to_decimal(value)
    size = abs(amount)
    for unit, sign in CHINESE_UNITS if is_chinese() else ENGLISH_UNITS:
        if size >= unit:
            return f"{rounded(amount / unit, 2 if sign in ('亿', 'B') else 1):,}{sign}"
    return f"{rounded(amount, 0):,}"


def percent(value: Number | None, places: int = 1) -> str:
    """A share as a percentage: 0.642 → `64.2%`; a dash for nothing."""
    return NONE if value is None or value == "" else f"{rounded(to_decimal(value) * 100, places):,}%"


def days(count: int | None) -> str:
    """`12 days`, `12 天`; a dash for nothing."""
    return NONE if count is None else ngettext("%(count)s day", "%(count)s days", count) % {"count": f"{count:,}"}


def near_day(day: date, today: date) -> str:
    """today, yesterday, tomorrow; else `11-19` in the same year and `2025-11-19` in another."""
    gap = (day - today).days
    if abs(gap) <= 1:
        return _("today") if gap == 0 else _("yesterday") if gap < 0 else _("tomorrow")
    return day.isoformat() if day.year != today.year else f"{day.month:02}-{day.day:02}"


def when(value: date | datetime | None, now: datetime | None = None) -> str:
    """A day or an instant as people say it, in the firm's time zone: `today 15:30`, `11-19`, `2025-11-19`.

    The clock time is shown for today, yesterday and tomorrow only; the full instant belongs into the title.
    `now` is the instant to measure from (the current one by default).
    """
    if value is None:
        return NONE
    today = timezone.localtime(now).date()
    if not isinstance(value, datetime):
        return near_day(value, today)
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    on = moment.date()
    word = near_day(on, today)
    return f"{word} {moment.hour:02}:{moment.minute:02}" if abs((on - today).days) <= 1 else word


def exact_time(value: date | datetime | time) -> str:
    """The full day, or day and minute, in the firm's time zone: `2025-11-19 15:30`."""
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{moment.date().isoformat()} {moment.hour:02}:{moment.minute:02}"
    return value.isoformat() if isinstance(value, date) else f"{value:%H:%M}"
