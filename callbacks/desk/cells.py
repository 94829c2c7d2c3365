"""The cells of the lists of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import conditional_escape as safe
from django.utils.translation import gettext as _

from callbacks.calls.choices import CallState, Form, Hold
from crm.web.figures import NONE
from crm.web.lists.cells import Cell
from crm.web.templatetags.ui import badge, icon, when

if TYPE_CHECKING:
    from callbacks.desk.rows import Line


def number(line: Line) -> str:
    """The client's number as the row's link; who is no client has none."""
    return f'<a href="{safe(line.url)}" data-row-link>{safe(line.number or _("no client"))}</a>'


def due(line: Line) -> str:
    """By when, and what is left of the working time; loud when it is over."""
    if not line.is_open:
        return when(line.one.due_at)
    shown, words = when(line.one.due_at), f'<span class="soft small">{safe(line.left.words)}</span>'
    if line.left.over:
        return f'<span class="loud">{icon("clock")} {shown}</span> {words}'
    return f'<span class="strong">{shown}</span> {words}' if line.left.today else f"{shown} {words}"


def state(line: Line) -> str:
    """The state; of a waiting call also why it is held back."""
    shown: str = badge("call", line.one.state)
    if line.one.hold and line.one.state == CallState.WAITING:
        shown += f'{badge("call", "held")} <span class="soft small">{safe(hold_word(line.one.hold))}</span>'
    return shown


def hold_word(hold: str) -> str:
    return str(Hold(hold).label) if hold in Hold.values else hold


def _assignee(line: Line) -> str:
    """Who works on it, else to whom it is assigned."""
    if line.one.claimed_by:
        return f'<span class="strong">{safe(line.one.claimed_by)}</span>'
    return safe(line.one.assignee) if line.one.assignee else NONE


def _tier(line: Line) -> str:
    return badge("tier", line.one.tier) if line.one.tier else NONE


def _form(line: Line) -> str:
    return safe(Form(line.one.form).label) if line.one.form in Form.values else safe(line.one.form)


CELLS: dict[str, Cell[Line]] = {
    "number": Cell(number, "cell-lead", labelled=False),
    "name": Cell(lambda line: safe(line.name), "client-name", labelled=False),
    "why": Cell(lambda line: safe(line.why), "wrap call-why", labelled=False),
    "due": Cell(due, "call-due"),
    "state": Cell(state, "call-state", labelled=False),
    "assignee": Cell(_assignee),
    "urgency": Cell(lambda line: str(line.one.rank), "num"),
    "ended": Cell(lambda line: when(line.one.ended_at)),
    "outcome": Cell(lambda line: safe(line.outcome) or NONE),
    "ended_by": Cell(lambda line: safe(line.one.ended_by) if line.one.ended_by else NONE),
    "tries": Cell(lambda line: str(line.one.tries), "num"),
    "last_try": Cell(lambda line: when(line.one.last_tried_at)),
    "tier": Cell(_tier, labelled=False),
    "branch": Cell(lambda line: safe(line.branch) or NONE, labelled=False),
    "unit": Cell(lambda line: safe(line.one.unit or "") or NONE),
    "form": Cell(_form),
    "made": Cell(lambda line: when(line.one.made_at)),
    "skips": Cell(lambda line: str(line.one.skips), "num"),
}
