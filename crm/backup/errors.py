class BackupError(Exception):
    """A backup cannot be made, or cannot be put back; the message says why and what to do."""
