"""A file that cannot be taken at all."""


class FeedRefused(Exception):
    """The file could not be read, or its control total is wrong: nothing was changed. The message is for a person."""
