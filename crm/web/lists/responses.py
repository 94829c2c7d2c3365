"""A list is a page first and a fragment second: htmx asks for the same address and gets the list alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

FRAGMENT = "list"  # the partial in the template, and the id of its element


def render_list(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or its partial `list` when htmx asks for the element of that id.

    Browsers must not confuse the two, nor keep clients' data: the answer is never cached.
    """
    wants_part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == FRAGMENT
    response = render(request, f"{template}#{FRAGMENT}" if wants_part else template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    add_never_cache_headers(response)
    return response
