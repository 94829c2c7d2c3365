"""What other rooms call: load a file, keep an upload until it is confirmed, ask who may load what."""

from clients.feeds.importing import feed_named, import_file
from clients.feeds.outcome import Outcome
from clients.feeds.policies import feeds_of
from clients.feeds.refusal import FeedRefused
from clients.feeds.uploads import confirm_upload, discard_upload, preview, store_upload

__all__ = [
    "FeedRefused",
    "Outcome",
    "confirm_upload",
    "discard_upload",
    "feed_named",
    "feeds_of",
    "import_file",
    "preview",
    "store_upload",
]
