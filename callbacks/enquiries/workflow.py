"""The steps of an enquiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.enquiries.choices import EnquiryState
from crm.workflow.engine import Step, Workflow, workflow

if TYPE_CHECKING:
    from callbacks.enquiries.models import Enquiry

NAME = "callbacks.enquiry"
TAKE = ("callbacks.take_enquiries",)

ENQUIRIES: Workflow[Enquiry] = workflow(
    NAME,
    [
        Step("take", _("Take"), [EnquiryState.WAITING], EnquiryState.TAKEN, TAKE),
        Step("miss", _("Hung up"), [EnquiryState.WAITING], EnquiryState.MISSED),
        Step("join", _("Join to a client"), [EnquiryState.TAKEN, EnquiryState.CLOSED], None, TAKE),
        Step("hand_over", _("Handed over and accepted"), [EnquiryState.TAKEN], None, TAKE),
        Step("close", pgettext_lazy("enquiry", "Close"), [EnquiryState.TAKEN], EnquiryState.CLOSED, TAKE),
    ],
)
