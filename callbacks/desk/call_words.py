"""What the script of the call screen says, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, str]:
    """`{name}` in them is filled in by the script."""
    return {
        "progress": _("Question {n} of {all}"),
        "unsaved": _("Not yet saved ({n})."),
        "saving": _("saving …"),
        "saved": _("saved"),
        "topics": _("Required topics {n}/{all}"),
        "notYet": _("not yet: {names}"),
        "through": _("The script is through. Choose the outcome below."),
        "brokenOff": _("The talk is broken off here. Choose the outcome that says why."),
        "looking": _("Looking at this call too: {names}"),
        "passed": _("passed over"),
        "read": _("read out"),
        "comma": pgettext("between words of a list", ", "),
        "wait": _("Some answers are not saved yet. Confirm once the server is back."),
        "failed": _("That did not work. Please try again."),
        "noteElsewhere": _("Another window saved this note; yours was put after it:"),
    }
