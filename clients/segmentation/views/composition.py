"""Where the clients stand: tiers, styles and groups of the newest run, in the reader's scope."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.segmentation import composition_page as pages
from clients.segmentation.night_page import night_words
from clients.segmentation.nightly import night_state
from clients.segmentation.selectors import current_run
from crm.access.guards import requires, user_of
from crm.access.scope import scope_of

SEE, RUN = "clients.view_segmentation", "clients.run_segmentation"


@require_safe
@requires(SEE)
def composition(request: HttpRequest) -> HttpResponse:
    """Today's composition; every figure leads to the clients behind it."""
    user = user_of(request)
    run = current_run()
    now = timezone.localtime()
    night = night_words(night_state(now.date()), user, now)
    context: dict[str, Any] = {"may_run": user.has_perm(RUN), "night": night}
    if run is not None:
        scope = scope_of(user)
        found = pages.picture(scope, run)
        nights = pages.trend(scope)
        context |= {
            "picture": found,
            "heatmap": pages.heatmap(found),
            "group_bars": pages.group_bars(found, _("Clients")),
            "nights": nights,
            "trend": pages.trend_lines(nights),
            "shows_matches": scope.everything,
            "style_words": [pages.word("style", code) for code in pages.STYLES],
            "tier_words": [pages.word("tier", code) for code in pages.TIERS],
            "group_words": [pages.word("group", code) for code in pages.GROUPS],
            "trend_words": [pages.word("group", code) for code in pages.TREND_GROUPS],
        }
    return render(request, "clients/segmentation/composition.html", context)
