"""What goes wrong with bundled servers, in words."""


class EmbeddedError(RuntimeError):
    """A bundled server cannot be used; the message says why and what to do about it.

    Command-line entry points print it and leave with exit code 1, without a traceback.
    """
