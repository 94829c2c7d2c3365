from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from crm.personal import seal
from crm.personal.hide import NOTHING, hide, look_up


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path) -> Any:
    settings.KEY_DIR = tmp_path / "keys"
    for cached in (seal._cipher, seal._key):
        cached.cache_clear()
    yield
    for cached in (seal._cipher, seal._key):
        cached.cache_clear()


def test_opened_for_its_own_purpose_alone() -> None:
    sealed = seal.seal("13812341234", purpose="client.phone")
    assert b"1381234" not in sealed
    assert seal.unseal(sealed, purpose="client.phone") == "13812341234"
    with pytest.raises(InvalidTag):
        seal.unseal(sealed, purpose="client.email")


def test_altered() -> None:
    sealed = bytearray(seal.seal("x", purpose="p"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        seal.unseal(bytes(sealed), purpose="p")


def test_equal_values_look_different_but_are_found() -> None:
    one, two = hide("138 1234 1234", purpose="client.phone"), hide("+8613812341234", purpose="client.phone")
    assert one.sealed != two.sealed
    assert one.digest == two.digest == look_up("0086-13812341234", purpose="client.phone")
    assert one.masked == two.masked == "138****1234"


def test_digests_of_other_fields_and_keys_differ(settings: Any, tmp_path: Path) -> None:
    phone = seal.digest("1", purpose="client.phone")
    assert phone != seal.digest("1", purpose="client.email")
    settings.KEY_DIR = tmp_path / "others"
    seal._key.cache_clear()
    assert phone != seal.digest("1", purpose="client.phone")


def test_empty_stores_nothing() -> None:
    assert hide("  ", purpose="client.email") == NOTHING


def test_unknown_field() -> None:
    with pytest.raises(KeyError):
        hide("x", purpose="client.shoe_size")


def test_text_form() -> None:
    assert seal.unseal_text(seal.seal_text("secret")) == "secret"


def test_keys_are_for_the_owner_alone(settings: Any) -> None:
    seal.digest("x", purpose="p")
    assert (settings.KEY_DIR / "lookup").stat().st_mode & 0o077 == 0
    assert [path.name for path in settings.KEY_DIR.iterdir()] == ["lookup"]
