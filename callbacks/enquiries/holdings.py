from django.utils.translation import gettext_lazy as _

from callbacks.enquiries.choices import EnquiryState
from callbacks.enquiries.models import Enquiry
from crm.organisation.holdings import holding
from crm.organisation.models import User


@holding("enquiries", _("Open enquiries"))
def enquiries_to_answer(person: User) -> int:
    return Enquiry.objects.filter(owner=person, state=EnquiryState.TAKEN).count()
