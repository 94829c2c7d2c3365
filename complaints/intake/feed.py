"""The complaints feed, registered with the engine in `clients.feeds`."""
