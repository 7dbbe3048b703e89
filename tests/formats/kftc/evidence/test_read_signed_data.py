"""An agreement signed with a certificate: what is verified, and what each broken one is refused for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from moa.formats.kftc.evidence import READING, EvidenceFault, check_evidence
from moa.formats.kftc.evidence.signed_data import read_signed_data
from moa.formats.kftc.evidence.signing import build_signed_data
from tests.formats.kftc.evidence.evidence_samples import jpeg
from tests.formats.kftc.evidence.signed_samples import (
    CONTENT,
    PAYER,
    SIGNED_AT,
    VALID_UNTIL,
    as_der,
    certificate,
    ec_key,
    packed,
    revocations,
    rsa_key,
    signer,
    unsigned_note,
)

GOOD = build_signed_data(CONTENT, rsa_key(), as_der(certificate(rsa_key())), signed_at=SIGNED_AT)


def reason(data: bytes) -> str:
    findings = check_evidence("2", "der", data)
    if not findings:
        return ""
    (finding,) = findings
    assert (finding.code, finding.field) == ("0105", "evidence")
    return finding.value


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def test_it_gives_back_what_was_signed() -> None:
    signed = read_signed_data(GOOD)
    assert signed.content == CONTENT
    assert (signed.digest, signed.key_bits, signed.signed_at) == ("sha256", 2048, SIGNED_AT)
    assert signed.certificate == as_der(certificate(rsa_key()))
    assert check_evidence("2", "DER", GOOD) == []


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_it_takes_each_digest_of_256_bits_or_more(digest: str) -> None:
    made = build_signed_data(CONTENT, rsa_key(), as_der(certificate(rsa_key())), digest=digest)
    assert read_signed_data(made).digest == digest
    assert read_signed_data(made).signed_at is None


def test_it_takes_what_another_tool_signed() -> None:
    builder = PKCS7SignatureBuilder().set_data(CONTENT)
    made = builder.add_signer(certificate(rsa_key()), rsa_key(), hashes.SHA256()).sign(
        Encoding.DER, [PKCS7Options.Binary]
    )
    signed = read_signed_data(made)
    assert signed.content == CONTENT
    assert signed.signed_at is not None


VARIANTS = {
    "without attributes": packed(signer(bare=True)),
    "signature algorithm with its digest": packed(
        signer(signature_algorithm={"algorithm": "sha256_rsa"}),
    ),
    "key of 4,096 bits": packed(key=rsa_key(4096)),
    "the issuer's certificate too": packed(
        certificates=[
            cms.CertificateChoices.load(as_der(certificate(rsa_key(2048, 2), 1))),
            cms.CertificateChoices.load(as_der(certificate(rsa_key()))),
        ]
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_it_takes_each_allowed_form(name: str) -> None:
    assert reason(VARIANTS[name]) == ""


AT_CONTENT = GOOD.index(CONTENT)
AT_TIME = GOOD.index(b"261122093000Z")
INDEFINITE = b"\x30\x80" + GOOD[4:] + b"\x00\x00"
BROKEN = {
    "a byte of the content": (changed(GOOD, AT_CONTENT + 3), "digest differs"),
    "a byte of the content, no attributes": (
        packed(signer(bare=True)).replace(CONTENT, changed(CONTENT, 2)),
        "broken signature",
    ),
    "a byte of the signature": (changed(GOOD, len(GOOD) - 9), "broken signature"),
    "a byte of the signed time": (changed(GOOD, AT_TIME + 3), "broken signature"),
    "another key's signature": (
        packed(signer(signature=signer(rsa_key(2048, 2))["signature"])),
        "broken signature",
    ),
    "sha-1": (packed(signer(digest="sha1"), digests=("sha1",)), "digest not allowed"),
    "sha-1 declared beside": (packed(digests=("sha1", "sha256")), "digest not allowed"),
    "a digest that is not declared": (packed(digests=("sha512",)), "digests disagree"),
    "a signature by another digest": (
        packed(signer(signature_algorithm={"algorithm": "sha512_rsa"})),
        "signature algorithm not allowed",
    ),
    "pss": (
        packed(signer(signature_algorithm={"algorithm": "rsassa_pss"})),
        "signature algorithm not allowed",
    ),
    "two signers": (packed(signer(), signer(rsa_key(2048, 2))), "not exactly one signer"),
    "no signer": (packed(signer_infos=[]), "not exactly one signer"),
    "no certificate": (packed(certificates=None), "no certificate of the signer"),
    "another serial number": (packed(signer(serial=99)), "no certificate of the signer"),
    "an elliptic curve": (
        packed(signer(ec_key(), signature_algorithm={"algorithm": "sha256_ecdsa"}), key=ec_key()),
        "signature algorithm not allowed",
    ),
    "an elliptic curve that says rsa": (packed(key=ec_key()), "key not RSA"),
    "a key of 1,024 bits": (packed(key=rsa_key(1024)), "key size not allowed"),
    "detached": (packed(encap_content_info={"content_type": "data"}), "no content"),
    "nothing signed": (
        packed(signer(content=b""), encap_content_info={"content_type": "data", "content": b""}),
        "no content",
    ),
    "no digest among the attributes": (
        packed(signer(attributes={"message_digest": None})),
        "attributes missing",
    ),
    "no type among the attributes": (packed(signer(attributes={"content_type": None})), "attributes missing"),
    "another type among the attributes": (
        packed(signer(attributes={"content_type": "signed_data"})),
        "content type differs",
    ),
    "a note that is not signed": (packed(signer(unsigned_attrs=unsigned_note())), "parts that are not used"),
    "lists of revoked certificates": (packed(crls=revocations()), "parts that are not used"),
    "a byte behind": (GOOD + b"\x00", "data after the end"),
    "cut off": (GOOD[:-1], "truncated"),
    "indefinite length": (INDEFINITE, "indefinite length"),
    "a long length for a short value": (b"\x30\x81\x03\x02\x01\x01", "not DER"),
    "an integer with a zero too many": (b"\x30\x04\x02\x02\x00\x01", "not DER"),
    "a string in pieces": (b"\x30\x05\x24\x03\x04\x01\x61", "not DER"),
    "deep nesting": (
        b"".join(b"\x30\x82" + (4 * at).to_bytes(2, "big") for at in range(999, -1, -1)),
        "not DER",
    ),
    "no signed data": (b"\x30\x03\x02\x01\x01", "cannot be decoded"),
    "only data": (
        cms.ContentInfo({"content_type": "data", "content": CONTENT}).dump(),
        "not signed-data",
    ),
    "text form": (b"-----BEGIN PKCS7-----\n", "content is PEM"),
    "a picture": (jpeg(quality=5)[:4000], "content is JPEG"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_a_broken_agreement_with_its_reason(name: str) -> None:
    data, why = BROKEN[name]
    assert reason(data) == why


def test_it_refuses_a_good_agreement_of_5001_bytes() -> None:
    def of_size(size: int) -> bytes:
        content = CONTENT * 100
        while len(made := build_signed_data(content, rsa_key(), as_der(certificate(rsa_key())))) != size:
            content = content[: len(content) + size - len(made)]
        return made

    assert check_evidence("2", "der", of_size(5_000)) == []
    assert [each.code for each in check_evidence("2", "der", of_size(5_001))] == ["0103"]
    assert check_evidence("2", "der", of_size(5_001), limit=READING) == []


@pytest.mark.parametrize("moment", [datetime(2025, 12, 31, tzinfo=UTC), VALID_UNTIL + timedelta(seconds=1)])
def test_it_warns_of_a_signature_outside_the_certificates_period(moment: datetime) -> None:
    made = build_signed_data(CONTENT, rsa_key(), as_der(certificate(rsa_key())), signed_at=moment)
    assert check_evidence("2", "der", made) == [
        ("warning", "evidence_certificate_period", None, "evidence", "")
    ]


def test_it_shows_neither_the_payers_name_nor_the_agreement() -> None:
    shown = repr(read_signed_data(GOOD))
    for data, _ in BROKEN.values():
        shown += repr(check_evidence("2", "der", data))
        try:
            read_signed_data(data)
        except EvidenceFault as fault:
            shown += str(fault)
    for private in (PAYER, "1234567", "900101", "동의"):
        assert private not in shown
