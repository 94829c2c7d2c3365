from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from callbacks.calls.models import Call
from crm.organisation.holdings import holding
from crm.organisation.models import User


@holding("calls", _("Calls assigned or being worked on"))
def calls_to_make(person: User) -> int:
    return Call.objects.open().filter(Q(assignee=person) | Q(claimed_by=person)).count()
