"""Tokens of teams and of the organiser, and the sessions that pages keep in a cookie.

A token is 256 random bits with a public part before them, by which it is found. Only its SHA-256 is stored: nothing slower
is needed where there is nothing to guess. A session is `who.until.code` with an HMAC-SHA256 over it and over the hash of
the token that it was begun with, so that a new token ends all sessions of the old one.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

__all__ = ["Token", "fits", "hash_of", "id_of", "new_token", "open_session", "session_of"]

SESSION_S = 12 * 3600
_DOMAIN = b"goldentime service session 1"
_PARTS = 2


class Token(NamedTuple):
    """A new token; `text` is shown once and kept nowhere."""

    text: str
    id: str
    hash: str


def new_token() -> Token:
    """A token that nobody had before."""
    public = secrets.token_hex(6)
    text = f"{public}.{secrets.token_urlsafe(32)}"
    return Token(text, public, hash_of(text))


def hash_of(token: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def id_of(token: str) -> str:
    """Its public part; empty where it has none."""
    parts = token.split(".")
    return parts[0] if len(parts) == _PARTS and len(token) <= 100 else ""


def fits(token: str, stored: str) -> bool:
    """Whether a token is the one that was stored; takes as long where it is not."""
    return hmac.compare_digest(hash_of(token), stored)


def open_session(key: bytes, who: str, stored: str, now_s: float) -> str:
    """The value of a cookie.

    Args:
        key: the service's.
        who: `organiser`, or a team's number.
        stored: the hash of the token that was shown.
    """
    until = str(int(now_s + SESSION_S))
    return f"{who}.{until}.{_code(key, who, until, stored)}"


def session_of(key: bytes, cookie: str, stored_of: dict[str, str], now_s: float) -> str | None:
    """Who a cookie stands for, if it is one of ours and not over.

    Args:
        stored_of: the hash of the token of each who could be meant.
    """
    who, _, rest = cookie.partition(".")
    until, _, code = rest.partition(".")
    stored = stored_of.get(who)
    if stored is None or not until.isdecimal() or len(until) > 12:
        return None
    sound = hmac.compare_digest(code.encode("utf-8", "replace"), _code(key, who, until, stored).encode())
    return who if sound and now_s < int(until) else None


def _code(key: bytes, who: str, until: str, stored: str) -> str:
    message = b"\0".join([_DOMAIN, who.encode("utf-8", "replace"), until.encode(), stored.encode()])
    return hmac.digest(key, message, "sha256").hex()
