from django.db import models
from django.utils.translation import gettext_lazy as _


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

    RINGING = "ringing", _("Ringing")
    WAITING = "waiting", _("Waiting in the queue")
    STARTED = "started", _("Dialled")
    ANSWERED = "answered", _("Answered")
    HELD = "held", _("Put on hold")
    RESUMED = "resumed", _("Resumed")
    TRANSFERRED = "transferred", _("Transferred")
    ENDED = "ended", _("Ended")
    RECORDING_READY = "recording_ready", _("Recording ready")


INBOUND = (EventKind.RINGING, EventKind.WAITING)


class EventSource(models.TextChoices):
    WEBHOOK = "webhook", _("Telephone system")
    MANUAL = "manual", _("Entered by hand")


class CommandVerb(models.TextChoices):
    """What the telephone system is asked to do."""

    DIAL = "dial", _("Dial")
    ANSWER = "answer", _("Answer")
    END = "end", _("End the call")
    HOLD = "hold", _("Hold")
    RESUME = "resume", _("Resume")
    TRANSFER = "transfer", _("Transfer to a colleague")
    CONFERENCE = "conference", _("Bring in a colleague")


class CommandState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
