"""E-mail through the firm's own mail server (settings `EMAIL_…`)."""

from __future__ import annotations

import hashlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from crm.messaging.gateways.base import GatewayAway, GatewayRefused, Outgoing, Receipt

PERMANENT = 500  # SMTP answers from 500 on are final


class SmtpGateway:
    name = "smtp"

    def send(self, message: Outgoing) -> Receipt:
        """Hand the mail to the server. Its Message-ID is made of our key, so a doublet can be told by any reader."""
        number = self._number(message)
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[message.to],
            headers={"Message-ID": number},
            connection=get_connection("django.core.mail.backends.smtp.EmailBackend"),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise self._judged(next(iter(error.recipients.values()))) from error
        except smtplib.SMTPResponseException as error:
            raise self._judged((error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise GatewayAway(type(error).__name__) from error
        return Receipt(number)

    def find(self, message: Outgoing) -> Receipt | None:
        """A mail server keeps no book that could be asked."""
        raise GatewayAway("a mail server cannot say what it took")

    @staticmethod
    def _number(message: Outgoing) -> str:
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >") or "localhost"
        return f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{host}>"

    @staticmethod
    def _judged(answer: tuple[int, bytes | str]) -> GatewayRefused | GatewayAway:
        code, words = answer
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        kind = GatewayRefused if code >= PERMANENT else GatewayAway
        return kind(f"{code} {text}"[:300])
