"""Kinds of cells that several feeds have."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from clients.feeds.kinds import Code, Known, Number
from clients.feeds.spec import Column

MONEY = Number(before=16, after=2)
SIGNED_MONEY = Number(before=16, after=2, negative=True)
KNOWN_CLIENT = Known("clients_client", "client_no", _("no client has the number %(cell)s"))
KNOWN_BRANCH = Known("crm_unit", "code", _("no branch has the code %(cell)s"), only="{alias}.kind = 'branch'")
KNOWN_STAFF = Known("crm_user", "staff_no", _("no member of staff has the number %(cell)s"))


def code(choices: type[TextChoices], also: Mapping[str, str] | None = None) -> Code:
    """One of the codes of `choices`, or of the other words that stand for one."""
    return Code({value: value for value in choices.values} | dict(also or {}))


def client_column(*, required: bool = True) -> Column:
    return Column("client_no", KNOWN_CLIENT, store="client_id", required=required)
