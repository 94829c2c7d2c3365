"""What the room tells others: of what a file is the sound, and that the telephone system did not do something."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from callbacks.calls.attempts import LINE_LEFT
from callbacks.recordings.choices import CommandVerb
from callbacks.recordings.models import Recording, TelephonyCommand
from callbacks.recordings.telephony import matching
from callbacks.recordings.telephony.commands import EXPIRED, FAILED, ask
from crm.events.models import Event
from crm.events.registry import consumer
from crm.files.models import StoredFile
from crm.files.owners import Owner, owners
from crm.messaging.services import tell
from crm.organisation.models import User


@owners("callbacks.recordings")
def recordings_of(stored: StoredFile) -> list[Owner]:
    """The recordings whose sound a file holds."""
    found = Recording.objects.filter(file=stored).order_by("pk")
    return [
        Owner(_("Recording %(number)s") % {"number": one.pk}, reverse("callbacks:recording", args=[one.pk]))
        for one in found
    ]


def _why(error: str) -> str:
    """Why a command came to nothing, in words for whoever asked; the log has what exactly happened."""
    if error == EXPIRED:
        return _("too much time had passed")
    if error.startswith("HTTP "):
        return _("it answered %(code)s") % {"code": error}
    return _("it cannot be reached")


@consumer(LINE_LEFT, name="recordings.line_left")
def line_left(event: Event) -> None:
    """A call was taken away from who is on its line: the telephone system hangs up."""
    by = User.objects.get(pk=event.payload["by"])
    ask(CommandVerb.END, ref=event.payload["ref"], by=by, said={}, at=event.occurred_at)


@consumer(FAILED, name="recordings.command_failed")
def command_failed(event: Event) -> None:
    """Whoever asked the telephone system for something learns that nothing came of it."""
    command = TelephonyCommand.objects.select_related("by").get(pk=event.payload["command"])
    if command.by is None:
        return
    with translation.override(command.by.language or settings.LANGUAGE_CODE):
        words = _("The telephone system did not do “%(verb)s” (%(error)s). Dial by hand, or try again.") % {
            "verb": command.get_verb_display(),
            "error": _why(command.error),
        }
    attempt = matching.attempt_of(command.ref)
    url = reverse("callbacks:call", args=[attempt.call_id]) if attempt else ""
    tell(users=[command.by], key=f"{FAILED}:{command.pk}", text=words, url=url, loud=True, at=event.occurred_at)
