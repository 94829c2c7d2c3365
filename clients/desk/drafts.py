"""The forms of the client's page whose drafts are kept; each is about the client in its address."""

from clients.contacts.policies import ENTER
from clients.profile.policies import EDIT
from clients.profile.selectors import is_in_scope
from crm.drafts.registry import draft_kind

CONTACT, PROMISE, NOTE, WISHES = "contact", "promise", "note", "wishes"

draft_kind(CONTACT, permission=ENTER, in_scope=is_in_scope)
draft_kind(PROMISE, permission=ENTER, in_scope=is_in_scope)
draft_kind(NOTE, permission=EDIT, in_scope=is_in_scope)
draft_kind(WISHES, permission=EDIT, in_scope=is_in_scope)
