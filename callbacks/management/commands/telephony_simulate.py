"""`manage.py telephony_simulate REF`: one telephone call as the telephone system would tell it, for development.

Needs the CRM_TELEPHONY_SECRET of the running product. Nothing is written here: all goes through HTTP.
"""

from __future__ import annotations

import os
import random
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from callbacks.recordings.telephony import posting, simulator


class Command(BaseCommand):
    help = "Post the signed events of one telephone call, and its recording, to a running product."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ref", help="what the telephone system calls it: of a try, or anything for a caller")
        parser.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT', '8000')}")
        parser.add_argument("--inbound", action="store_true", help="somebody calls us")
        parser.add_argument("--caller", default="13800001234")
        parser.add_argument("--line", default="vip")
        parser.add_argument("--shuffle", action="store_true", help="events in no order, some of them twice")
        parser.add_argument("--recording", type=Path, help="a sound file; a tone where none is named")
        parser.add_argument("--no-recording", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.TELEPHONY_SECRET:
            raise CommandError("Set CRM_TELEPHONY_SECRET to the secret of the running product.")

        def post(path: str, body: bytes, headers: dict[str, str]) -> None:
            try:
                posting.post(options["url"] + path, body, headers)
            except (posting.Away, posting.Refused) as error:
                raise CommandError(f"POST {path}: {error}") from error

        ref = options["ref"]
        events = list(
            simulator.story(
                ref, inbound=options["inbound"], caller=options["caller"], line=options["line"], at=timezone.now()
            )
        )
        if options["shuffle"]:
            events += random.sample(events, 2)
            random.shuffle(events)
        for event in events:
            simulator.send_event(event, post=post, at=timezone.now())
            self.stdout.write(f"{event['sequence']} {event['event']}")
        if not options["no_recording"]:
            file: Path | None = options["recording"]
            content, name = (file.read_bytes(), file.name) if file else (simulator.tone(5), "tone.wav")
            simulator.send_recording(ref, content, name=name, post=post, at=timezone.now())
            self.stdout.write(f"recording {name}, {len(content):,} bytes")
