"""Sessions and second factors of people."""

from __future__ import annotations

import structlog
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.organisation.models import User

log = structlog.get_logger(__name__)


def end_sessions(*, by: User | None, person: User, but: str = "") -> int:
    """Sign `person` out everywhere, except in the session with the key `but`. Returns how many sessions ended."""
    ended = 0
    for session in UserSession.objects.filter(user=person).exclude(session_key=but):
        session.end()
        ended += 1
    log.info("sessions_ended", person=person.staff_no, by=by.staff_no if by else None, count=ended)
    return ended


def end_session(*, person: User, pk: int) -> bool:
    """Sign `person` out in one of his own sessions. False when there is no such session of his."""
    session = UserSession.objects.filter(user=person, pk=pk).first()
    if session is None:
        return False
    session.end()
    return True


@transaction.atomic
def reset_second_factor(*, by: User | None, person: User) -> None:
    """Forget a lost phone: the person sets up one-time codes anew at the next sign-in. His sessions end.

    Nobody resets his own: that is what recovery codes are for.
    """
    if by is not None and by.pk == person.pk:
        raise ValidationError(
            _("Nobody resets his own one-time codes: use a recovery code, or ask another administrator.")
        )
    Authenticator.objects.filter(user=person).delete()
    end_sessions(by=by, person=person)
    log.info("second_factor_reset", person=person.staff_no, by=by.staff_no if by else None)
