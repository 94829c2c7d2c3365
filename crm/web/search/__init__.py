"""The search of the whole product: one box, hits in groups, each group found by whoever knows the subject.

A room registers a `Finder` in its module `finders.py`, which is imported at start-up:

    register(Finder("tickets", gettext_lazy("Tickets"), find_tickets, permission="complaints.view_ticket", place=20))

`find(user, words, limit)` returns the best hits inside the user's scope, whatever was typed. Its work must be bounded:
it is asked while somebody types.
"""

from crm.web.search.registry import Finder, Found, Hit, register
from crm.web.search.results import Results, lately, look_for

__all__ = ["Finder", "Found", "Hit", "Results", "lately", "look_for", "register"]
