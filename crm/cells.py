"""Cells of the CSV files that people open in a spreadsheet: whatever they say, they are text and never a formula."""

BEGINS_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
TEXT_MARK = "'"


def as_text(words: str) -> str:
    """`words` as a cell; what a spreadsheet would take for a formula gets an apostrophe in front."""
    return TEXT_MARK + words if words.startswith(BEGINS_FORMULAS) else words


def from_text(cell: str) -> str:
    """What `as_text` was given."""
    words = cell.removeprefix(TEXT_MARK)
    return words if words.startswith(BEGINS_FORMULAS) else cell
