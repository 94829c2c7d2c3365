class ExportRefused(Exception):
    """An export cannot be asked for, made or decided as things are. The message is for the person who tries."""
