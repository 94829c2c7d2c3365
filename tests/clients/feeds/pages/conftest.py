from typing import Any

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english(request: pytest.FixtureRequest, settings: Any) -> None:
    """These tests read the English pages, whether or not the catalogues were compiled."""
    if "chinese" not in request.node.name:
        settings.LANGUAGE_CODE = "en"
        translation.activate("en")
