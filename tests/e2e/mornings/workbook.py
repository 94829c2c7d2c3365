"""An exported file as its reader has it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page
from python_calamine import CalamineWorkbook


def downloaded(page: Page, button: Locator) -> list[list[list[str]]]:
    """Press `button`, which brings an .xlsx file; its sheets, each with its rows of texts."""
    with page.expect_download() as download:
        button.click()
    book = CalamineWorkbook.from_path(Path(download.value.path()))
    return [
        [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names
    ]
