"""Parts of pages that are the same for many readers: written once, then kept in the memory of the process."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 1_024


def written(template: str, **values: Hashable) -> SafeString:
    """`template` with `values`, in the language of now. Nothing else may go in: no request, no token, no time of day.

    Kept by the values themselves, so another value is another text. They stay in memory: no lazy object that holds a
    request. Where templates are being worked on (DEBUG), nothing is kept.
    """
    if settings.DEBUG:
        return render_to_string(template, dict(values))
    return _kept(template, get_language(), tuple(values.items()))


@lru_cache(maxsize=MOST)
def _kept(template: str, _language: str | None, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(template, dict(values))
