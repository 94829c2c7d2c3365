"""What goes wrong with bundled servers, in words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

FULL = (errno.ENOSPC, errno.EDQUOT)


class EmbeddedError(RuntimeError):
    """A bundled server cannot be used; the message says why and what to do about it.

    Command-line entry points print it and leave with exit code 1, without a traceback.
    """


@contextmanager
def disk_errors_in_words() -> Iterator[None]:
    """Inside it a disk without room (or inodes, or quota) and one that is read-only are an EmbeddedError."""
    try:
        yield
    except OSError as error:
        if error.errno not in (*FULL, errno.EROFS):
            raise
        state = "full" if error.errno in FULL else "read-only"
        way_out = "Make room, or set CRM_VAR" if error.errno in FULL else "Set CRM_VAR"
        where = f"The disk of {error.filename}" if error.filename else "The disk"
        raise EmbeddedError(f"{where} is {state}: {error.strerror}. {way_out} to a folder on another disk.") from error
