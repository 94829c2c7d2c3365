"""Health check inside a container.

python -m scripts.healthy http://localhost:8000/health/     the page answers 200
python -m scripts.healthy /tmp/beat-schedule                the file was written in the last ten minutes
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

FRESH_SECONDS = 600


def reason(subject: str, now: float) -> str | None:
    """Why `subject` (an address or a file) is not healthy at `now` (seconds since 1970), None when it is."""
    if subject.startswith("http://"):
        try:
            with urllib.request.urlopen(subject, timeout=8) as answer:  # noqa: S310 - http only, by the line above
                return None if answer.status == 200 else f"{subject} answers {answer.status}"
        except (OSError, urllib.error.URLError) as error:
            return f"{subject}: {error}"
    # The library behind the file may add an ending of its own to the name.
    path = Path(subject)
    written = [file.stat().st_mtime for file in path.parent.glob(f"{path.name}*")]
    if not written:
        return f"{subject} is not there"
    age = now - max(written)
    return None if age < FRESH_SECONDS else f"{subject} was written {age:.0f} s ago"


if __name__ == "__main__":
    sys.exit(reason(sys.argv[1], time.time()))
