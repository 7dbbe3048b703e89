"""Documents signed with a certificate, as RFC 2630 and the design document ask, and ways to spoil one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

TEXT = "출금이체 신청 P1001 088 110234567890 2026-11-23".encode("cp949")


@cache
def _signer(name: str) -> tuple[x509.Certificate, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1()) if name == "ec" else rsa.generate_private_key(65_537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2040, 1, 1, tzinfo=UTC)
    )
    return made.sign(key, hashes.SHA256()), key


def document(*signers: str, options: tuple[PKCS7Options, ...] = (PKCS7Options.Binary,)) -> bytes:
    """SignedData in DER with its text and certificate inside, SHA-256 and RSA; "ec" signs by elliptic curve."""
    made = PKCS7SignatureBuilder().set_data(TEXT)
    for name in signers:
        certificate, key = _signer(name)
        made = made.add_signer(certificate, key, hashes.SHA256())
    return made.sign(Encoding.DER, list(options))


@cache
def good() -> bytes:
    return document("payer")


def spoiled() -> dict[str, bytes]:
    whole = good()
    signature = bytearray(whole)
    signature[-10] ^= 1
    assert whole.count(TEXT) == 1
    return {
        "a broken signature": bytes(signature),
        "another text than was signed": whole.replace(TEXT, TEXT.replace(b"P1001", b"P1002")),
        "no text inside": document("payer", options=(PKCS7Options.Binary, PKCS7Options.DetachedSignature)),
        "no certificate inside": document("payer", options=(PKCS7Options.Binary, PKCS7Options.NoCerts)),
        "two signers": document("payer", "other"),
        "a signature that is not RSA": document("ec"),
        "something behind it": whole + b"PK\x03\x04",
        "its last byte lost": whole[:-1],
    }
