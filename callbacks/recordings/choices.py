from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Source(models.TextChoices):
    """How a recording came."""

    UPLOAD = "upload", _("Uploaded")
    BROWSER = "browser", _("Recorded in the browser")
    TELEPHONY = "telephony", _("Delivered by the telephone system")


class AudioFormat(models.TextChoices):
    """What the content is, whatever the file was called."""

    WAV = "wav", _("WAV")
    MP3 = "mp3", _("MP3")
    M4A = "m4a", _("M4A")
    OGG = "ogg", _("Ogg")
    WEBM = "webm", _("WebM")


MIMES = {
    AudioFormat.WAV: "audio/wav",
    AudioFormat.MP3: "audio/mpeg",
    AudioFormat.M4A: "audio/mp4",
    AudioFormat.OGG: "audio/ogg",
    AudioFormat.WEBM: "audio/webm",
}


class EventKind(models.TextChoices):
    """What the telephone system tells."""

    RINGING = "ringing", pgettext_lazy("telephone", "Ringing")
    WAITING = "waiting", pgettext_lazy("telephone", "Waiting in the queue")
    STARTED = "started", pgettext_lazy("telephone", "Dialled")
    ANSWERED = "answered", pgettext_lazy("telephone", "Answered")
    HELD = "held", pgettext_lazy("telephone", "Put on hold")
    RESUMED = "resumed", pgettext_lazy("telephone", "Resumed")
    TRANSFERRED = "transferred", pgettext_lazy("telephone", "Transferred")
    ENDED = "ended", pgettext_lazy("telephone", "Ended")
    RECORDING_READY = "recording_ready", pgettext_lazy("telephone", "Recording ready")


INBOUND = (EventKind.RINGING, EventKind.WAITING)


class EventSource(models.TextChoices):
    WEBHOOK = "webhook", _("Telephone system")
    MANUAL = "manual", _("Entered by hand")


class CommandVerb(models.TextChoices):
    """What the telephone system is asked to do."""

    DIAL = "dial", pgettext_lazy("telephone", "Dial")
    ANSWER = "answer", pgettext_lazy("telephone", "Answer")
    END = "end", pgettext_lazy("telephone", "End the call")
    HOLD = "hold", pgettext_lazy("telephone", "Hold")
    RESUME = "resume", pgettext_lazy("telephone", "Resume")
    TRANSFER = "transfer", pgettext_lazy("telephone", "Transfer to a colleague")
    CONFERENCE = "conference", pgettext_lazy("telephone", "Bring in a colleague")


class CommandState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("telephone command", "Waiting")
    SENT = "sent", pgettext_lazy("telephone command", "Sent")
    FAILED = "failed", pgettext_lazy("telephone command", "Failed")
