import pghistory.middleware


class HistoryMiddleware(pghistory.middleware.HistoryMiddleware):  # type: ignore[misc]
    """Every change made during a request carries who and which request."""
