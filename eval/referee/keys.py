"""Signatures: Ed25519 (Bernstein et al. 2012; RFC 8032) by the `cryptography` library.

The private key is a PEM file that only its owner may read, the public key a PEM file beside it. Everything is signed
under a domain, so that a signature on an entry of a ledger can't be shown as one on something else.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.eval.referee.private_files import read_private, write_private
from goldentime.files import write_atomic

__all__ = ["SIGNATURE_DIGITS", "SigningKey", "new_key", "read_public_key", "read_signing_key", "verifier"]

SIGNATURE_DIGITS = 128
"""Lower-case hexadecimal digits of a signature."""

_PUBLIC_DIGITS = 64
_DOMAIN = b"goldentime ledger entry 1\0"
_HEX = re.compile(r"[0-9a-f]+")


class SigningKey(NamedTuple):
    """What signs, and the public key that checks it as 64 hexadecimal digits."""

    sign: Callable[[bytes], str]
    public: str


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise MissingDependencyError(
            "ledgers need cryptography; install the extra: pip install 'goldentime[referee]' "
            "(from a clone: pip install -e '.[referee]')"
        ) from None
    return ed25519


def new_key(path: Path) -> str:
    """Make a key: `path` to sign with, and `<path>.pub` to publish.

    Returns:
        the public key as 64 hexadecimal digits.

    Raises:
        ConfigError: there is a file already.
    """
    private = _ed25519().Ed25519PrivateKey.generate()
    from cryptography.hazmat.primitives import serialization as form

    write_private(path, private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    public = private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    write_atomic(path.with_name(f"{path.name}.pub"), public)
    return _digits(private.public_key())


def _digits(public: Any) -> str:
    digits: str = public.public_bytes_raw().hex()
    return digits


def read_signing_key(path: Path) -> SigningKey:
    """The key of a file that `new_key` made.

    Raises:
        ConfigError: it can't be read, others may read it, or it holds no Ed25519 key.
    """
    kind = _ed25519().Ed25519PrivateKey
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(read_private(path, "a signing key"), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{path}: expected a private key in PEM without a password, got something else") from None
    if not isinstance(private, kind):
        raise ConfigError(f"{path}: expected an Ed25519 key, got {type(private).__name__}")
    return SigningKey(lambda message: private.sign(_DOMAIN + message).hex(), _digits(private.public_key()))


def read_public_key(path: Path) -> str:
    """A public key as 64 hexadecimal digits, from a PEM file or one that holds the digits.

    Raises:
        ConfigError: the file holds neither.
    """
    kind = _ed25519().Ed25519PublicKey
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: expected a public key, can't be read ({error.strerror})") from None
    text = content.decode("ascii", "replace").strip()
    if len(text) == _PUBLIC_DIGITS and _HEX.fullmatch(text):
        return text
    try:
        public = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(f"{path}: expected a public key in PEM or 64 hexadecimal digits, got neither") from None
    if not isinstance(public, kind):
        raise ConfigError(f"{path}: expected an Ed25519 key, got {type(public).__name__}")
    return _digits(public)


def verifier(public: str) -> Callable[[bytes, str], bool]:
    """Tells whether a signature of a message is this key's.

    Digits in upper case are refused: each signature has one spelling.

    Raises:
        ConfigError: it is no key.
    """
    if len(public) != _PUBLIC_DIGITS or not _HEX.fullmatch(public):
        raise ConfigError(f"public key: expected {_PUBLIC_DIGITS} hexadecimal digits, got {public[:80]!r}")
    key = _ed25519().Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    from cryptography.exceptions import InvalidSignature

    def verify(message: bytes, signature: str) -> bool:
        if len(signature) != SIGNATURE_DIGITS or not _HEX.fullmatch(signature):
            return False
        try:
            key.verify(bytes.fromhex(signature), _DOMAIN + message)
        except InvalidSignature:
            return False
        return True

    return verify
