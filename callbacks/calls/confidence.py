"""From whom it is kept what was said in a call: it may be about himself, or about people of his own branch."""

from __future__ import annotations

from callbacks.calls.choices import ConcernKind
from callbacks.calls.models import Attempt, Call, Concern
from crm.access.scope import scope_of
from crm.organisation.models import User

SEE = "callbacks.view_concerns"


def kept_from(call: Call, user: User) -> bool:
    """Whether `user` may know that the call was made, and not what was said: answers, note, finding, recording.

    Kept from whoever is recused in it (he manages or introduced the client, or dealt with the matter), and, once an
    answer was critical, from the branch until compliance has taken it up. Never from whoever made the call, nor from
    whoever sees concerns. Two queries at most.
    """
    if user.pk in (call.claimed_by_id, call.ended_by_id) or user.has_perm(SEE):
        return False
    client = call.client
    recused = {*call.recused, *((client.manager_id, client.introducer_id) if client else ())}
    if user.pk not in recused and scope_of(user).everything:
        return False
    if Attempt.objects.filter(call=call, by=user).exists():
        return False
    return user.pk in recused or Concern.objects.filter(call=call, kind=ConcernKind.CRITICAL_ANSWER).exists()


def withhold(call: Call) -> None:
    """Take what was said off a call that is only shown: never saved afterwards."""
    call.note = call.finding = call.finding_note = ""
