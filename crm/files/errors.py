class FileRefused(Exception):
    """A file cannot be stored. The message is shown to the person who brought it."""
