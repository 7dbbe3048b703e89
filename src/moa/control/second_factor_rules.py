"""Codes of an authenticator app and recovery codes. Pure: the moment comes with the call."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

import pyotp

STEP_SECONDS = 30
# A phone's clock may be one step ahead or behind.
STEPS_AROUND = (0, -1, 1)
RECOVERY_CODES = 10
# Between the password and the second factor a person has this long.
SECOND_STEP_TIME = timedelta(minutes=5)
INVITATION_TIME = timedelta(days=3)
RESET_TIME = timedelta(hours=24)
# Letters that nobody confuses when copying by hand; 16 of them are 80 bits.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A secret for an authenticator app, 160 bits in base 32."""
    return pyotp.random_base32(32)


def step_of(at: datetime) -> int:
    """The number of the 30-second step that `at` lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, *, at: datetime, last_step: int) -> int | None:
    """The time step whose code this is, if it is later than the last one that was used; else None.

    All steps are compared whatever the first gives, so that the time taken says nothing.
    """
    # A Korean or Chinese keyboard may give digits of full width.
    given = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    totp, now = pyotp.TOTP(secret, interval=STEP_SECONDS), step_of(at)
    found = None
    for around in STEPS_AROUND:
        step = now + around
        equal = hmac.compare_digest(totp.generate_otp(step).encode(), given.encode())
        if equal and step > last_step and found is None:
            found = step
    return found


def authenticator_address(secret: str, *, login: str, issuer: str) -> str:
    """The otpauth:// address that an authenticator app reads from the picture."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=login, issuer_name=issuer)


def new_recovery_codes() -> list[str]:
    """Ten codes as a person copies them: four times four letters."""
    made: set[str] = set()
    while len(made) < RECOVERY_CODES:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
        made.add("-".join(letters[at : at + 4] for at in range(0, 16, 4)))
    return sorted(made)


def recovery_hash(group_id: int, person_id: int, code: str) -> str:
    """The hash that is kept of a code. It has 80 bits of chance, so a slow hash would add nothing."""
    plain = re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", code).lower())
    return hashlib.sha256(f"moa recovery {group_id} {person_id} {plain}".encode()).hexdigest()


def matching_hash(hashed: str, kept: Iterable[str]) -> str | None:
    """The one of `kept` that equals `hashed`; all are compared."""
    found = None
    for one in kept:
        if hmac.compare_digest(one, hashed):
            found = one
    return found


def new_link_secret() -> str:
    return secrets.token_urlsafe(32)


def link_hash(group_id: int, secret: str) -> str:
    return hashlib.sha256(f"moa link {group_id} {secret}".encode()).hexdigest()
