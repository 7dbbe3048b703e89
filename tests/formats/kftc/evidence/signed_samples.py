"""Signed agreements: keys and certificates of invented payers, and signed-data put together in every wrong way."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import cms, core
from asn1crypto import x509 as parsed_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PAYER = "김납부()0004049199001011234567"
CONTENT = "자동이체 출금에 동의합니다. 900101-1234567".encode("euc-kr")
VALID_FROM, VALID_UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


@cache
def rsa_key(bits: int = 2048, number: int = 1) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(key: Any, serial: int = 4711) -> x509.Certificate:
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, PAYER), x509.NameAttribute(NameOID.COUNTRY_NAME, "KR")]
    )
    return (
        x509.CertificateBuilder(name, name, key.public_key(), serial, VALID_FROM, VALID_UNTIL)
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )


def as_der(made: x509.Certificate) -> bytes:
    return made.public_bytes(Encoding.DER)


def signer(
    key: Any = None,
    *,
    content: bytes = CONTENT,
    digest: str = "sha256",
    serial: int = 4711,
    attributes: dict[str, Any] | None = None,
    bare: bool = False,
    **parts: Any,
) -> dict[str, Any]:
    """One signer's part, its signature right for what it holds; `attributes` and `parts` replace or add."""
    key = key or rsa_key()
    own = parsed_x509.Certificate.load(as_der(certificate(key, serial)))
    values = {
        "content_type": "data",
        "message_digest": hashlib.new(digest, content).digest(),
        **(attributes or {}),
    }
    signed = cms.CMSAttributes([{"type": name, "values": [value]} for name, value in values.items() if value])
    message = content if bare else signed.dump()
    return {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
        ),
        "digest_algorithm": {"algorithm": digest},
        **({} if bare else {"signed_attrs": signed}),
        "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
        "signature": _signature(key, message, _HASHES[digest]()),
        **parts,
    }


def _signature(key: Any, message: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(algorithm))
    return bytes(key.sign(message, padding.PKCS1v15(), algorithm))


def packed(
    *signers: dict[str, Any], key: Any = None, digests: tuple[str, ...] = ("sha256",), **parts: Any
) -> bytes:
    """signed-data of these signers, or of one good one; `parts` replace or add, None leaves out."""
    own = parsed_x509.Certificate.load(as_der(certificate(key or rsa_key())))
    fields = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": each} for each in digests],
        "encap_content_info": {"content_type": "data", "content": CONTENT},
        "certificates": [own],
        "signer_infos": list(signers or (signer(key),)),
        **parts,
    }
    chosen = {name: value for name, value in fields.items() if value is not None}
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(chosen)}).dump())


def revocations() -> list[Any]:
    """One list of revoked certificates, empty."""
    key = rsa_key()
    made = (
        x509.CertificateRevocationListBuilder(certificate(key).subject, VALID_FROM, VALID_UNTIL)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    return [cms.RevocationInfoChoice.load(made)]


def unsigned_note() -> list[Any]:
    return [{"type": "1.2.3.4", "values": [core.OctetString(b"added later")]}]
