"""The telephone systems that we can work with."""

from __future__ import annotations

from django.conf import settings

from callbacks.recordings.telephony.adapters.manual import ManualTelephony
from callbacks.recordings.telephony.adapters.webhook import WebhookTelephony
from callbacks.recordings.telephony.interface import Telephony

ADAPTERS: dict[str, Telephony] = {"manual": ManualTelephony(), "webhook": WebhookTelephony()}


def telephony() -> Telephony:
    """The one that this installation uses. Raises KeyError for a name in the settings that does not exist."""
    return ADAPTERS[settings.TELEPHONY_ADAPTER]
