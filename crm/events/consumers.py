"""Who listens to which event: consumers register here at start-up."""
