from __future__ import annotations

import pytest

SECRET = "the telephone's secret"


@pytest.fixture(autouse=True)
def secret(settings: object) -> None:
    settings.TELEPHONY_SECRET = SECRET  # type: ignore[attr-defined]
