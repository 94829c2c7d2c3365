"""Whether the client is who he says: the agent types the digits he gives, the system says match or no match."""

from __future__ import annotations

import datetime as dt
import hmac

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from callbacks.calls.choices import Identity
from callbacks.calls.holding import locked_for
from callbacks.calls.models import Call
from callbacks.calls.phones import numbers_of
from callbacks.calls.workflow import CALLS, NAME
from clients.profile.selectors import open_field
from crm.organisation.models import User
from crm.parameters.registry import value_of
from crm.personal.normal import normal_id_number, normal_phone
from crm.workflow.models import Transition

VERB = "identify"
LENGTHS = {"id_number": (4, 6), "phone": (4, 11)}


class Proof(models.TextChoices):
    """What the client's digits are of."""

    ID_NUMBER = "id_number", gettext_lazy("Last digits of the ID number")
    PHONE = "phone", gettext_lazy("Phone number, or its last four digits")


@transaction.atomic
def check_identity(*, call: Call, proof: Proof, digits: str, by: User, at: dt.datetime | None = None) -> Identity:
    """Compare the digits with what is stored, without showing it, and put down that it was tried and what came of it.

    Of the ID number the last four or six, of a phone the last four or all. Raises NotHeld, and ValidationError for
    digits that cannot be compared and when no tries are left; what was typed is kept nowhere.
    """
    at, locked = at or timezone.now(), locked_for(call, by)
    typed = normal_id_number(digits)
    if len(typed) not in LENGTHS[proof] or not typed.rstrip("X").isdigit():
        raise ValidationError({"digits": _WRONG_LENGTH[proof]})
    if tries_left(locked) <= 0:
        raise ValidationError(_("The digits were wrong too often. Note how else you know who it is."), code="tries")
    stored = _stored(locked, proof)
    if not stored:
        raise ValidationError({"digits": _("Nothing is stored to compare with. Choose the other number.")})
    found = Identity.MATCH if any([_same(one, typed) for one in stored]) else Identity.NO_MATCH  # noqa: C419 – all
    CALLS.log(
        locked, VERB, old=locked.state, by=by, at=at,
        details={"proof": proof.value, "digits": len(typed), "result": found.value},
    )  # fmt: skip
    locked.identity = found
    locked.save(update_fields=["identity"])
    return found


def tries_left(call: Call) -> int:
    """How often digits may still be wrong in this call, whoever holds it."""
    wrong = Transition.objects.of(call, NAME).filter(verb=VERB, details__result=Identity.NO_MATCH.value)
    return int(value_of("callbacks.identity_tries")) - wrong.count()


_WRONG_LENGTH = {
    Proof.ID_NUMBER: gettext_lazy("Type the last four or the last six characters of the ID number."),
    Proof.PHONE: gettext_lazy("Type the last four digits of the phone number, or all of it."),
}


def _stored(call: Call, proof: Proof) -> list[str]:
    """What the client may mean, in clear, for comparing alone."""
    if proof is Proof.PHONE:
        return [normal_phone(one.clear) for one in numbers_of(call)]
    number = open_field(call.client, "id_number") if call.client else ""
    return [normal_id_number(number)] if number else []


def _same(stored: str, typed: str) -> bool:
    """In constant time: how long it takes tells nothing about how much was right."""
    return hmac.compare_digest(stored[-len(typed) :].encode(), typed.encode())
