from django.utils.translation import gettext_lazy as _

from clients.contacts.models import FollowUp
from crm.organisation.holdings import holding
from crm.organisation.models import User


@holding("follow_ups", _("Open promises to clients"))
def promises_to_keep(person: User) -> int:
    return FollowUp.objects.open().filter(owner=person).count()
