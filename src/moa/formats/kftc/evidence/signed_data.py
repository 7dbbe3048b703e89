"""An agreement signed with a certificate: RFC 2630 ContentInfo with signed-data, read and verified.

What is verified: the bytes are DER; there is exactly one signer, named by issuer and serial number; its certificate is
inside; the digest is SHA-256, SHA-384 or SHA-512; the key is RSA of 2,048 to 8,192 bits; the signature, PKCS #1 v1.5,
is this key's over this content. What is not: who issued the certificate, whether it was revoked, and what it may be
used for. Those need the authorities' own lists, which are not in the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import cms, x509  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from moa.formats.kftc.evidence.der import check_der
from moa.formats.kftc.evidence.foreign import name_of
from moa.formats.kftc.evidence.refusal import UNDECODABLE, EvidenceFault

DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
LEAST_KEY_BITS = 2048
# Larger keys do not fit the 5 KB together with their certificate; the bound keeps one verification short.
MOST_KEY_BITS = 8192


@dataclass(frozen=True, slots=True)
class SignedData:
    """A verified agreement. Shape: `certificate` is DER; neither it nor the content shows in `repr`, they name people."""

    content: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    content_type: str
    digest: str
    key_bits: int
    valid_from: datetime
    valid_until: datetime
    signed_at: datetime | None = None

    @property
    def signed_within_period(self) -> bool:
        """Whether the stated time lies in the certificate's period; true when no time is stated."""
        return self.signed_at is None or self.valid_from <= self.signed_at <= self.valid_until


def read_signed_data(data: bytes) -> SignedData:
    """The content that was signed, with its certificate. Raises: EvidenceFault whose reason says what does not hold."""
    if data[:1] != b"\x30":
        raise EvidenceFault(f"content is {name_of(data)}")
    check_der(data)
    try:
        return _read(data)
    except EvidenceFault:
        raise
    except Exception:
        # The parser reads lazily and raises whatever the place at hand suggests.
        raise EvidenceFault(UNDECODABLE) from None


def _read(data: bytes) -> SignedData:
    outer = cms.ContentInfo.load(data, strict=True)
    if outer["content_type"].native != "signed_data":
        raise EvidenceFault("not signed-data")
    signed = outer["content"]
    if len(signed["signer_infos"]) != 1:
        raise EvidenceFault("not exactly one signer")
    signer = signed["signer_infos"][0]
    if signed["crls"].native or signer["unsigned_attrs"].native:
        raise EvidenceFault("parts that are not used")
    digest = _digest_name(signed, signer)
    content, content_type = _content(signed)
    certificate = _signer_certificate(signed, signer)
    key = _public_key(certificate)
    message = _signed_message(signer, content, content_type, digest)
    try:
        key.verify(signer["signature"].native, message, padding.PKCS1v15(), DIGESTS[digest]())
    except InvalidSignature:
        raise EvidenceFault("broken signature") from None
    period = certificate["tbs_certificate"]["validity"]
    return SignedData(
        content,
        certificate.dump(),
        content_type,
        digest,
        key.key_size,
        period["not_before"].native,
        period["not_after"].native,
        _signing_time(signer),
    )


def _digest_name(signed: Any, signer: Any) -> str:
    declared = {each["algorithm"].native for each in signed["digest_algorithms"]}
    digest = signer["digest_algorithm"]["algorithm"].native
    if digest not in DIGESTS or not declared <= DIGESTS.keys():
        raise EvidenceFault("digest not allowed")
    if digest not in declared:
        raise EvidenceFault("digests disagree")
    signature = signer["signature_algorithm"]["algorithm"].native
    if signature not in ("rsassa_pkcs1v15", f"{digest}_rsa"):
        raise EvidenceFault("signature algorithm not allowed")
    return str(digest)


def _content(signed: Any) -> tuple[bytes, str]:
    enclosed = signed["encap_content_info"]
    content = enclosed["content"].native
    if not isinstance(content, bytes) or not content:
        raise EvidenceFault("no content")
    return content, enclosed["content_type"].dotted


def _signer_certificate(signed: Any, signer: Any) -> x509.Certificate:
    if signer["sid"].name != "issuer_and_serial_number":
        raise EvidenceFault("signer not named by issuer and serial number")
    wanted = signer["sid"].chosen
    for choice in signed["certificates"]:
        if choice.name != "certificate":
            continue
        certificate = choice.chosen
        same_issuer = (
            certificate.issuer.dump() == wanted["issuer"].dump() or certificate.issuer == wanted["issuer"]
        )
        if certificate.serial_number == wanted["serial_number"].native and same_issuer:
            return certificate
    raise EvidenceFault("no certificate of the signer")


def _public_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    if certificate.public_key.algorithm != "rsa":
        raise EvidenceFault("key not RSA")
    key = load_der_public_key(certificate.public_key.dump())
    if not isinstance(key, rsa.RSAPublicKey) or not LEAST_KEY_BITS <= key.key_size <= MOST_KEY_BITS:
        raise EvidenceFault("key size not allowed")
    return key


def _signed_message(signer: Any, content: bytes, content_type: str, digest: str) -> bytes:
    """The bytes under the signature: the content itself, or the attributes that name its type and digest.

    The attributes are signed as a SET although they stand in the file under the tag [0] (RFC 2630 clause 5.4).
    """
    attributes = signer["signed_attrs"]
    if not len(attributes):
        if content_type != "1.2.840.113549.1.7.1":
            raise EvidenceFault("attributes missing")
        return content
    named = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in named:
            raise EvidenceFault("attribute repeated")
        named[name] = attribute["values"]
    if any(len(named.get(name, ())) != 1 for name in ("content_type", "message_digest")):
        raise EvidenceFault("attributes missing")
    if named["content_type"][0].dotted != content_type:
        raise EvidenceFault("content type differs")
    if named["message_digest"][0].native != hashlib.new(digest, content).digest():
        raise EvidenceFault("digest differs")
    return b"\x31" + attributes.dump()[1:]


def _signing_time(signer: Any) -> datetime | None:
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "signing_time" and len(attribute["values"]) == 1:
            moment = attribute["values"][0].native
            return moment if isinstance(moment, datetime) else None
    return None
