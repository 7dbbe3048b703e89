"""RFC 3161 time stamps: the request for a digest, and the answer held against it.

What is checked: the authority granted it; it is over our digest and our nonce; the signature over it is that of a
certificate for time stamping, which is the one that we were given, or issued by it.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import new as new_hash
from typing import Any, NamedTuple

from asn1crypto import cms, tsp  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

REQUEST_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip


class StampRefused(Exception):
    """The answer is no time stamp of what was asked; says why."""


class Stamp(NamedTuple):
    """Shape: `moment` as the authority states it, aware; `token` the signed token as DER."""

    moment: datetime
    token: bytes


def request_for(digest: bytes, nonce: int) -> bytes:
    """The request for a SHA-256 digest, as DER."""
    asked = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return bytes(asked.dump())


def read_reply(data: bytes, digest: bytes, nonce: int, trusted: bytes = b"") -> Stamp:
    """The time stamp in the authority's answer. Shape: `trusted` a certificate as PEM; empty: any signer is taken,
    and the token proves no more than its own consistency. Raises: StampRefused."""
    try:
        reply = tsp.TimeStampResp.load(data, strict=True)
        status = reply["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise StampRefused(f"the authority answers {status}")
        token = reply["time_stamp_token"]
        return Stamp(check_token(token.dump(), digest, nonce, trusted), bytes(token.dump()))
    except StampRefused:
        raise
    except Exception as fault:
        # Bytes of a stranger: whatever the readers of ASN.1 and of certificates raise, it is no time stamp.
        raise StampRefused(f"the answer cannot be read: {fault}") from fault


def check_token(token: bytes, digest: bytes, nonce: int | None = None, trusted: bytes = b"") -> datetime:
    """The moment that a stored token states, after all checks. Raises: StampRefused."""
    try:
        content = cms.ContentInfo.load(token, strict=True)
        signed = content["content"]
        held = signed["encap_content_info"]
        if content["content_type"].native != "signed_data" or held["content_type"].native != "tst_info":
            raise StampRefused("the token is no time stamp")
        info = held["content"].parsed
        imprint = info["message_imprint"]
        if (
            imprint["hash_algorithm"]["algorithm"].native != "sha256"
            or imprint["hashed_message"].native != digest
        ):
            raise StampRefused("the time stamp is over something else")
        if nonce is not None and info["nonce"].native != nonce:
            raise StampRefused("the time stamp answers another request")
        _check_signature(signed, held["content"].contents, trusted)
        moment: datetime = info["gen_time"].native
        return moment
    except StampRefused:
        raise
    except Exception as fault:
        raise StampRefused(f"the token cannot be read: {fault}") from fault


def _check_signature(signed: Any, content: bytes, trusted: bytes) -> None:
    signer = signed["signer_infos"][0]
    certificate = _signer_certificate(signed, signer)
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    algorithm = signer["digest_algorithm"]["algorithm"].native
    if attributes["content_type"][0].native != "tst_info":
        raise StampRefused("what is signed is no time stamp")
    if attributes["message_digest"][0].native != new_hash(algorithm, content).digest():
        raise StampRefused("the time stamp was changed after it was signed")
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if ExtendedKeyUsageOID.TIME_STAMPING not in usages:
        raise StampRefused("the signer's certificate is not for time stamping")
    # As RFC 5652 says: what is signed are the attributes as a SET, not with the tag they have in the token.
    covered = signer["signed_attrs"].untag().dump()
    try:
        _verify(certificate.public_key(), signer["signature"].native, covered, _HASHES[algorithm])
        if trusted:
            _check_trust(certificate, x509.load_pem_x509_certificate(trusted))
    except InvalidSignature:
        raise StampRefused("the signature does not hold") from None


def _signer_certificate(signed: Any, signer: Any) -> x509.Certificate:
    named = signer["sid"].chosen
    for choice in signed["certificates"]:
        one = choice.chosen
        if isinstance(named, cms.IssuerAndSerialNumber):
            if one.serial_number == named["serial_number"].native and one.issuer == named["issuer"]:
                return x509.load_der_x509_certificate(one.dump())
        elif one.key_identifier == named.native:
            return x509.load_der_x509_certificate(one.dump())
    raise StampRefused("the signer's certificate is not in the token")


def _verify(key: Any, signature: bytes, covered: bytes, algorithm: hashes.HashAlgorithm) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, covered, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, covered, ec.ECDSA(algorithm))
    else:
        raise StampRefused("the signer's key is of a kind that is not known here")


def _check_trust(certificate: x509.Certificate, trusted: x509.Certificate) -> None:
    if certificate == trusted:
        return
    try:
        certificate.verify_directly_issued_by(trusted)
    except (ValueError, TypeError) as fault:
        raise StampRefused(f"the signer is not the authority that was agreed on: {fault}") from None
