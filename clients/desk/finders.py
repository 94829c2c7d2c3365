from django.utils.translation import gettext_lazy

from clients.desk.found_clients import find_clients, recent_clients
from clients.desk.found_managers import find_managers
from clients.desk.reads import note_found
from crm.web.search import Finder, register

SEE = "clients.view_client"

register(
    Finder(
        "clients",
        gettext_lazy("Clients"),
        find_clients,
        permission=SEE,
        recent=recent_clients,
        note=note_found,
        place=10,
    )
)
register(Finder("managers", gettext_lazy("Clients of a manager"), find_managers, permission=SEE, place=20))
