"""The WebAuthn exchange: what the browser is asked, and what its answer proves. Challenges live in the session."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from moa.control.models import Identity, Passkey
from moa.kernel.errors import DomainError


class PasskeyRefused(DomainError):
    """The browser's answer does not prove what it should."""

    code = "passkey_refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page stands: the name that passkeys are bound to, and the address that the browser reports."""

    host: str
    origin: str


def new_challenge() -> bytes:
    return secrets.token_bytes(32)


def registration_options(
    place: Place, identity: Identity, name: str, challenge: bytes, known: Iterable[Passkey]
) -> dict[str, Any]:
    """What `navigator.credentials.create` is asked. The handle says nothing about the person."""
    options = webauthn.generate_registration_options(
        rp_id=place.host, rp_name="Moa", user_id=identity.handle.bytes, user_name=identity.login,
        user_display_name=name, challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(known),
    )  # fmt: skip
    return dict(json.loads(webauthn.options_to_json(options)))


def sign_in_options(place: Place, challenge: bytes, known: Iterable[Passkey] | None) -> dict[str, Any]:
    """What `navigator.credentials.get` is asked: with `known` the second step, without it a whole sign-in."""
    whole = known is None
    options = webauthn.generate_authentication_options(
        rp_id=place.host, challenge=challenge, allow_credentials=None if whole else _descriptors(known or ()),
        user_verification=UserVerificationRequirement.REQUIRED if whole else UserVerificationRequirement.PREFERRED,
    )  # fmt: skip
    return dict(json.loads(webauthn.options_to_json(options)))


def _descriptors(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(key.credential_id)) for key in known]


def check_registration(place: Place, answer: dict[str, Any], challenge: bytes) -> Any:
    """What the new key is (webauthn's VerifiedRegistration). Raises: passkey_refused."""
    try:
        return webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as refusal:
        raise PasskeyRefused(reason=type(refusal).__name__) from None


def check_sign_in(
    place: Place, answer: dict[str, Any], challenge: bytes, key: Passkey, *, whole: bool
) -> int:
    """The key's new count of uses. Raises: passkey_refused."""
    try:
        proven = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=place.host, expected_origin=place.origin,
            credential_public_key=bytes(key.public_key), credential_current_sign_count=key.sign_count,
            require_user_verification=whole,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as refusal:
        raise PasskeyRefused(reason=type(refusal).__name__) from None
    return int(proven.new_sign_count)


def credential_id_of(answer: dict[str, Any]) -> bytes:
    """Raises: passkey_refused."""
    return _bytes(answer.get("id"))


def handle_of(answer: dict[str, Any]) -> bytes:
    """The handle of the login that a whole sign-in names. Raises: passkey_refused."""
    response = answer.get("response")
    return _bytes(response.get("userHandle") if isinstance(response, dict) else None)


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or not text or len(text) > 2000:
        raise PasskeyRefused(reason="shape")
    try:
        return base64url_to_bytes(text)
    except ValueError:
        raise PasskeyRefused(reason="shape") from None
