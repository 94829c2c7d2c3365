"""The list kit: declared columns, filters and named sorts; keyset pages; the whole state in the URL.

A view declares a `ListSpec`, hands it a queryset that is already inside the user's scope, and gets a `ListPage`:

    spec = ListSpec(
        name="clients",
        columns=(Column("client_no", _("Client number"), sort="client_no"), Column("name", _("Name"))),
        sorts=(Sort("assets", _("Average assets"), "average_assets", descending=True), …),   # the first is the default
        filters=(ChoiceFilter.of("tier", _("Tier"), Tier), …),
        search=Search(_("Number, name or phone"), apply=by_number_or_name),
    )
    page = list_page(spec, Standing.objects.visible_to(user), request.GET, request.path)
    return render_list(request, "clients/desk/list.html", {"page": page, "rows": …})

Saved views, one of which may open first, and the choice of columns come with `open_list` in place of `list_page`:

    page = open_list(request, "clients", lambda params: spec, Standing.objects.visible_to(user))

What a page costs: the rows (one query), the count (one query), and one more where somebody pages back past the start;
what the reader keeps costs two. The templates beside it are `crm/web/lists/{bar,filters,head,pager}.html`;
`clients/desk/list.html` shows their use. How a list is taken out as a file: `crm.web.lists.exporting`.
"""

from crm.web.lists.counts import CAP, Count, capped_count
from crm.web.lists.filters import ChoiceFilter, Option, Search
from crm.web.lists.kept import open_list
from crm.web.lists.keyset import Sort
from crm.web.lists.page import ListPage, list_page
from crm.web.lists.responses import render_list
from crm.web.lists.spec import Column, ListSpec

__all__ = [
    "CAP",
    "ChoiceFilter",
    "Column",
    "Count",
    "ListPage",
    "ListSpec",
    "Option",
    "Search",
    "Sort",
    "capped_count",
    "list_page",
    "open_list",
    "render_list",
]
