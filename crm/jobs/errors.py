class Cancelled(Exception):
    """Somebody stopped the job. Raised inside the work, so that its transaction is taken back."""


class LeaseLost(Exception):
    """The job is no longer this worker's: its lease ran out and somebody else may have begun. Nothing may commit."""


class JobRefused(Exception):
    """The job cannot be done, and trying again would not help. The message is shown to the person who asked."""
