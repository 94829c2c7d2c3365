from django.utils.translation import gettext_lazy as _

from clients.profile.choices import ClientStatus
from clients.profile.models import Client
from crm.organisation.holdings import holding
from crm.organisation.models import User


@holding("clients", _("Clients in care"))
def clients_in_care(person: User) -> int:
    return Client.objects.filter(manager=person).exclude(status=ClientStatus.CLOSED).count()
