"""Drafts of corrections: one for each field of a client."""

from clients.corrections.choices import CorrectedField
from clients.corrections.policies import PROPOSE
from clients.profile.selectors import is_in_scope
from crm.drafts.registry import draft_kind
from crm.organisation.models import User

CORRECTION = "correction"


def draft_key(client_no: str, field: str) -> str:
    """What a correction's draft is about."""
    return f"{client_no}.{field}"


def _is_in_scope(user: User, key: str) -> bool:
    client_no, _dot, field = key.rpartition(".")
    return field in CorrectedField.values and is_in_scope(user, client_no)


draft_kind(CORRECTION, permission=PROPOSE, in_scope=_is_in_scope)
