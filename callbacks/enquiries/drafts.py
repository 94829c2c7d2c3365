"""The forms of enquiries whose drafts are kept: a new one, and each that is open."""

from __future__ import annotations

from callbacks.enquiries.models import Enquiry
from callbacks.enquiries.policies import TAKE
from crm.drafts.registry import draft_kind
from crm.organisation.models import User

ENQUIRY, NEW = "enquiry", "new"


def _in_scope(user: User, key: str) -> bool:
    return key == NEW or Enquiry.objects.visible_to(user).filter(enquiry_no=key).exists()


draft_kind(ENQUIRY, permission=TAKE, in_scope=_in_scope)
