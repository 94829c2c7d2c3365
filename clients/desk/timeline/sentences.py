"""What a timeline says about an entry: an icon, a sentence, and softly what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.template.defaultfilters import linebreaksbr
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clients.contacts.choices import ContactChannel, ContactDirection, RecordSource
from clients.corrections.choices import CorrectedField
from clients.desk.changes import badges_after, badges_before
from clients.desk.sentences import reason_in_short
from clients.desk.timeline.reading import Entry
from clients.ledger.choices import FLOW_KINDS, AlertSource, Direction
from clients.segmentation.models import SegmentChange
from clients.suitability.choices import Permission, PermissionStatus
from crm.web import figures
from crm.web.badges import badge_of
from crm.web.templatetags.ui import icon, when

DECIMALS = ("recent_mean", "earlier_mean", "average_assets", "commission_12m")
CHANNEL_ICONS = {"phone": "phone", "sms": "message", "email": "mail", "letter": "mail", "visit": "users"}
STEP_ICONS = {"made": "flag", "done": "circle-check", "dropped": "ban"}


class Line(NamedTuple):
    """One entry ready to be written."""

    when: SafeString
    icon: SafeString
    text: SafeString
    note: str
    body: str  # free words of staff or of the core system

    @property
    def written(self) -> SafeString:
        """The line as the page has it. Templates are slow with small pieces, and a page has thirty of these."""
        note = f' <span class="timeline-note">{escape(self.note)}</span>' if self.note else ""
        body = f'<div class="timeline-body">{linebreaksbr(self.body)}</div>' if self.body else ""
        return SafeString(
            f'<span class="timeline-when">{self.when}</span>{self.icon}<div>{self.text}{note}{body}</div>'
        )


class Said(NamedTuple):
    """An icon's name, the sentence, and softly what goes with it."""

    icon: str
    text: str
    note: str = ""
    body: str = ""


def lines_of(entries: Sequence[Entry]) -> list[Line]:
    """The lines of a timeline, in the language of the page."""
    return [_line(entry, SAYING[entry.code](entry)) for entry in entries]


def _line(entry: Entry, said: Said) -> Line:
    return Line(
        when=SafeString(when(entry.day or entry.at)),
        icon=icon(said.icon),
        text=conditional_escape(said.text),
        note=said.note,
        body=said.body,
    )


def _joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _contact(entry: Entry) -> Said:
    body = entry.body
    channel = ContactChannel(body["channel"]).label
    way = ContactDirection(body["direction"]).label if body["direction"] else ""
    sent = _("Message sent") if body["source"] == RecordSource.MESSAGE else ""
    length = f"{body['seconds']} {pgettext('seconds', 's')}" if body["seconds"] else ""
    staff = entry.names.get("by") or body["staff_no"]
    text = _joined(sent or channel, channel if sent else way, body["topic"], length)
    return Said(
        CHANNEL_ICONS.get(body["channel"], "external-link"), text, _joined(body["outcome"], staff), body["summary"]
    )


def _note(entry: Entry) -> Said:
    return Said("pencil", _("Note"), entry.names.get("by", ""), entry.body["text"])


def _promise(entry: Entry) -> Said:
    body, by, owner = entry.body, entry.names.get("by", ""), entry.names.get("owner", "")
    due = parse_datetime(body["due"])
    words = {
        "made": _("Promised by %(due)s: %(what)s"),
        "done": _("Promise kept: %(what)s"),
        "dropped": _("Promise no longer needed: %(what)s"),
    }[body["step"]]
    text = words % {"due": figures.exact_time(due) if due else "", "what": body["text"]}
    kept_by = _("kept by %(name)s") % {"name": owner} if body["step"] == "made" and owner != by else ""
    return Said(STEP_ICONS[body["step"]], text, _joined(by, kept_by), "" if body["step"] == "made" else body["result"])


def _segment(entry: Entry) -> Said:
    change = _as_change(entry.body)
    before, after = (
        format_html_join(" ", "{}", ((one,) for one in some)) for some in (badges_before(change), badges_after(change))
    )
    arrow = icon("arrow-right", "icon-small") if before else ""
    text = format_html('{} <span class="badges">{} {} {}</span>', _("Segment"), before, arrow, after)
    return Said("arrows-exchange", text, reason_in_short(change))


def _as_change(body: dict[str, Any]) -> SegmentChange:
    """A row of the history as its body tells it, for the sentences that know such rows."""
    fields = body | {name: Decimal(body[name]) for name in DECIMALS}
    last = body["last_trade_on"]
    return SegmentChange(**(fields | {"last_trade_on": parse_date(last) if last else None}))


def _correction(entry: Entry) -> Said:
    body = entry.body
    words = {
        "proposed": _("Correction proposed: %(field)s"),
        "approved": _("Correction approved: %(field)s"),
        "rejected": _("Correction rejected: %(field)s"),
        "taken_over": _("The core system has the correction: %(field)s"),
    }[body["step"]]
    text = words % {"field": CorrectedField(body["field"]).label}
    change = f"{body['before'] or figures.NONE} → {body['after'] or figures.NONE}" if body["step"] == "proposed" else ""
    return Said("clipboard-check", text, _joined(change, entry.names.get("by")), body["reason"])


def _manager(entry: Entry) -> Said:
    names = {key: entry.names.get(key) or _("nobody") for key in ("old", "new")}
    text = _("Customer manager: %(old)s → %(new)s") % names
    return Said("user-check", text, _joined(entry.names.get("by"), entry.body["reason"]))


def _assessment(entry: Entry) -> Said:
    text = _("Risk assessment: %(level)s") % {"level": badge_of("risk", entry.body["level"]).label}
    return Said("report", text, _("valid until %(day)s") % {"day": entry.body["until"]})


def _permission(entry: Entry) -> Said:
    status = entry.body["status"]
    text = _("Trading permission: %(what)s") % {"what": Permission(entry.body["permission"]).label}
    return Said("key", text, str(PermissionStatus(status).label) if status else "")


def _alert(entry: Entry) -> Said:
    body, source = entry.body, AlertSource(entry.body["source"]).label
    if body["closed"]:
        return Said("circle-check", _("Alert closed: %(kind)s") % {"kind": body["kind"] or body["number"]}, str(source))
    text = _("Alert: %(kind)s") % {"kind": body["kind"] or body["number"]}
    return Said("alert-triangle", text, str(source), body["summary"])


def _flow(entry: Entry) -> Said:
    body = entry.body
    is_in = body["direction"] == Direction.IN
    amount = f"{'+' if is_in else '−'}{figures.amount_short(body['amount'])}"
    words = _("Money in {amount}") if is_in else _("Money out {amount}")
    figure = format_html(
        '<span class="num {}" title="{}">{}</span>', "up" if is_in else "down", figures.money(body["amount"]), amount
    )
    return Said("coin-yuan", format_html(words, amount=figure), str(FLOW_KINDS.get(body["kind"], body["kind"])))


SAYING: dict[str, Callable[[Entry], Said]] = {
    "contact": _contact,
    "note": _note,
    "promise": _promise,
    "segment": _segment,
    "correction": _correction,
    "manager": _manager,
    "assessment": _assessment,
    "permission": _permission,
    "alert": _alert,
    "flow": _flow,
}
