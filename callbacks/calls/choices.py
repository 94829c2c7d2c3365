from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.scripts.choices import ReasonKind as ReasonKind

# What a customer manager may call his own clients about: without questions about conduct.
COURTESY_KINDS = (ReasonKind.CORE, ReasonKind.DORMANT, ReasonKind.AT_RISK)


class Side(models.TextChoices):
    """Who calls."""

    BRANCH = "branch", _("Branch")
    CALL_CENTRE = "call_centre", _("Call centre")


class CallState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Being worked on")
    DONE = "done", _("Finished")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN = (CallState.WAITING, CallState.CLAIMED)


class Hold(models.TextChoices):
    """Why a waiting call may not be dialled at all until somebody decides."""

    NONE = "", _("Not held back")
    OPT_OUT = "opt_out", _("The client wants no calls")
    NO_PHONE = "no_phone", _("No phone number is known")
    NOBODY = "nobody", _("Everybody who could call is recused")


class Form(models.TextChoices):
    """How the party is reached. A callback is mostly a call."""

    PHONE = "phone", _("Call")
    VISIT = "visit", _("Visit")
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail")
    QUESTIONNAIRE = "questionnaire", _("Electronic questionnaire")


class ReasonState(models.TextChoices):
    OPEN = "open", pgettext_lazy("calls", "Open")
    LISTED = "listed", _("Listed, informed by SMS")  # beyond a branch's daily limit: no call, an SMS
    MET = "met", _("Dealt with")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNSETTLED = (ReasonState.OPEN, ReasonState.LISTED)


class Identity(models.TextChoices):
    """What the check of the digits that the client gave came to."""

    UNCHECKED = "", _("Not checked")
    MATCH = "match", _("Identity confirmed")
    NO_MATCH = "no_match", _("Digits do not match")


class Finding(models.TextChoices):
    """What a check of an abnormal movement came to."""

    OWN_DECISION = "own_decision", _("The client's own decision")
    OTHER_BROKER = "other_broker", _("Moves to another broker")
    DISSATISFIED = "dissatisfied", _("Dissatisfied with our service")
    MISUSE = "misuse", _("Suspected misuse of the account")
    STAFF_OPERATED = "staff_operated", _("Staff or a third person operates the account")
    ALERT_CONFIRMED = "alert_confirmed", _("The alert is confirmed")
    NOT_CLEARED = "not_cleared", _("Could not be cleared up")


TO_RISK_CONTROL = (Finding.MISUSE, Finding.STAFF_OPERATED, Finding.ALERT_CONFIRMED)


class SkipReason(models.TextChoices):
    ACQUAINTED = "acquainted", _("I know the client personally")
    LANGUAGE = "language", _("Another language or dialect is needed")
    KNOWLEDGE = "knowledge", _("Needs knowledge that I lack")
    DATA = "data", _("Data of the client look wrong")
    SHIFT = "shift", _("My shift ends")
    OTHER = "other", _("Another reason (say which)")


class ConcernKind(models.TextChoices):
    """What a call brought up that others must deal with."""

    CRITICAL_ANSWER = "critical_answer", _("Critical answer")
    COMPLAINT = "complaint", _("Complaint voiced")
    MOVEMENT = "movement", _("Movement reported to risk control")


class ConcernState(models.TextChoices):
    OPEN = "open", _("Waiting to be taken up")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


class HandOverState(models.TextChoices):
    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    TAKEN_BACK = "taken_back", _("Taken back")
