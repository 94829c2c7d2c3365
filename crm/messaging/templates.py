"""Templates of messages: what may stand in them, and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.messaging.models import MessageTemplate

# What a template may be filled with, and what stands for it in a preview.
PLACEHOLDERS = {
    "name": gettext_lazy("the client's form of address"),
    "branch": gettext_lazy("the branch"),
    "branch_phone": gettext_lazy("the branch's phone"),
    "staff": gettext_lazy("who writes"),
}
FOUND = re.compile(r"\{([^{}]*)\}")


def check(text: str) -> None:
    """Raises ValidationError for a placeholder that nothing fills."""
    unknown = sorted({name for name in FOUND.findall(text) if name not in PLACEHOLDERS})
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(
            _("Nothing fills %(unknown)s; there are: %(known)s.")
            % {"unknown": ", ".join(f"{{{name}}}" for name in unknown), "known": known}
        )


def filled(template: MessageTemplate, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text with the placeholders replaced; what a value itself contains is never looked at again."""
    return _fill(template.subject, values), _fill(template.body, values)


def _fill(text: str, values: Mapping[str, str]) -> str:
    return FOUND.sub(lambda found: values.get(found[1], found[0]), text)
