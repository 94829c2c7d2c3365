"""Whose telephone call is it? By what the telephone system calls it: a try of ours, or an enquiry."""

from __future__ import annotations

from typing import Any

from callbacks.calls.models import Attempt
from callbacks.recordings.models import Recording
from callbacks.recordings.services import Of


def attempt_of(ref: str) -> Attempt | None:
    """The try that goes by `ref`."""
    return Attempt.objects.select_related("call").filter(telephony_ref=ref).exclude(telephony_ref="").first()


def of(ref: str) -> Of:
    """What a recording of the telephone call `ref` is of, as far as is known."""
    attempt = attempt_of(ref)
    if attempt is not None:
        return Of(call=attempt.call, attempt=attempt, ref=ref)
    return Of(enquiry=enquiry_of(ref), ref=ref)


def enquiry_of(ref: str) -> Any:
    """The enquiry that goes by `ref`. Enquiries lie in a room above this one: their table is known by the key to it."""
    related: Any = Recording._meta.get_field("enquiry").related_model
    return related.objects.filter(telephony_ref=ref).exclude(telephony_ref="").first()
