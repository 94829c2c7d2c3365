"""Sealing (AES-GCM) and look-up digests (HMAC-SHA-256) of personal data.

Keys are files in `settings.KEY_DIR`, outside the database: `data-1` (32 bytes, hex) seals, `lookup` digests.
A sealed value is `version byte ‖ nonce (12) ‖ ciphertext+tag`; the version names the data key, so keys can be rotated.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
KEY_BYTES = 32
CURRENT_KEY = 1


def seal(clear: str, *, purpose: str) -> bytes:
    """Seal `clear` for one purpose (e.g. "client.phone"); a value sealed for another does not open."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([CURRENT_KEY]) + nonce + _cipher(CURRENT_KEY).encrypt(nonce, clear.encode(), purpose.encode())


def unseal(sealed: bytes | memoryview, *, purpose: str) -> str:
    """The clear text. Raises `cryptography.exceptions.InvalidTag` when altered or sealed for another purpose."""
    raw = bytes(sealed)
    nonce, body = raw[1 : 1 + NONCE_BYTES], raw[1 + NONCE_BYTES :]
    return _cipher(raw[0]).decrypt(nonce, body, purpose.encode()).decode()


def seal_text(clear: str) -> str:
    """As `seal`, as text, for libraries that keep secrets in text columns."""
    return base64.b64encode(seal(clear, purpose="text")).decode()


def unseal_text(sealed: str) -> str:
    return unseal(base64.b64decode(sealed), purpose="text")


def digest(normalised: str, *, purpose: str) -> bytes:
    """HMAC of a normalised value: equal values have equal digests, for exact look-up without clear text."""
    return hmac.digest(_key("lookup"), f"{purpose}\0{normalised}".encode(), hashlib.sha256)


@lru_cache(maxsize=8)
def _cipher(version: int) -> AESGCM:
    return AESGCM(_key(f"data-{version}"))


@lru_cache(maxsize=8)
def _key(name: str) -> bytes:
    """A key of this installation, made on first use; whoever comes first wins and everyone reads the same file."""
    path = Path(settings.KEY_DIR) / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(os.urandom(KEY_BYTES).hex())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return bytes.fromhex(path.read_text().strip())
