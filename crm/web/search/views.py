from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_safe

from crm.access.guards import is_htmx
from crm.web.search.results import lately, look_for

UNDER_THE_BOX = 6  # hits a group
ON_THE_PAGE = 30


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the words find, in groups: under the box while somebody types, or as a page.

    Open to everybody who is signed in; each group asks for a permission of its own. On the page, words that mean one
    thing lead straight to it.
    """
    words, under_the_box = " ".join(request.GET.get("q", "").replace("\0", "").split()), is_htmx(request)
    limit = UNDER_THE_BOX if under_the_box else ON_THE_PAGE
    results = look_for(request, words, limit) if words else lately(request, limit)
    if words and results.only and not under_the_box:
        return redirect(results.only.url)
    response = render(request, f"crm/web/search/{'options' if under_the_box else 'page'}.html", {"results": results})
    patch_vary_headers(response, ["HX-Request"])
    add_never_cache_headers(response)
    return response
