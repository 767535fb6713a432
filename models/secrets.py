"""Encryption at rest and keyed hashes: ID numbers, phones, inbox payloads.

Every ciphertext names its key (`k1:…`), every hash its version (`h1:…`), so keys can be changed without a flag day.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import Refused

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True)
class Keyring:
    """The master keys by id; the newest encrypts, all decrypt. The hash key is derived apart and versioned apart."""

    keys: dict[str, bytes]
    current: str
    hash_version: str = "h1"

    def encrypt(self, text: str) -> str:
        """`key id:base64(nonce + ciphertext)`."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(_derive(self.keys[self.current], b"zoufang encrypt")).encrypt(
            nonce, text.encode(), self.current.encode()
        )
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, sealed: str) -> str:
        """The text again. Raises Refused("key.wrong") when the key is not ours."""
        key_id, _, body = sealed.partition(":")
        if key_id not in self.keys:
            raise Refused("key.unknown", key_id=key_id)
        raw = base64.b64decode(body)
        try:
            return (
                AESGCM(_derive(self.keys[key_id], b"zoufang encrypt"))
                .decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], key_id.encode())
                .decode()
            )
        except InvalidTag:
            raise Refused("key.wrong", key_id=key_id) from None

    def hash(self, text: str) -> str:
        """A keyed hash to search by; the same text always gives the same hash under one installation's key."""
        key = _derive(self.keys[min(self.keys)], b"zoufang hash " + self.hash_version.encode())
        return f"{self.hash_version}:{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]}"


_derived: dict[tuple[bytes, bytes], bytes] = {}


def _derive(key: bytes, purpose: bytes) -> bytes:
    found = _derived.get((key, purpose))
    if found is None:
        found = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)
        _derived[key, purpose] = found
    return found


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def read_keyring(path: Path) -> Keyring:
    """Reads a key file: one `id:base64` a line, the last one current. Raises Refused("key.unreadable")."""
    try:
        lines = [line.split(":", 1) for line in path.read_text().split() if line]
        keys = {key_id: base64.b64decode(body) for key_id, body in lines}
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError("a key has 32 bytes")
    except (OSError, ValueError) as error:
        raise Refused("key.unreadable", path=str(path)) from error
    return Keyring(keys, current=lines[-1][0])


def write_new_keyring(path: Path) -> Keyring:
    """Makes the first key of an installation, readable by its owner only. Never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = new_key()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"k1:{base64.b64encode(key).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    return Keyring({"k1": key}, current="k1")


_keyring: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """Sets the process's keys, once at start, before the first row is read."""
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    if _keyring is None:
        raise Refused("key.missing")
    return _keyring


def keyed_hash(text: str) -> str:
    return keyring().hash(text)


def mask(text: str | None, head: int = 3, tail: int = 4) -> str:
    """The first and last characters with stars between: `138****0001`. Empty stays empty."""
    if not text:
        return ""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
