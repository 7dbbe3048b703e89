"""An agreement signed and packed as KFTC takes it; for tests, and for who signs with keys of their own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from asn1crypto import cms, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from moa.formats.kftc.evidence.signed_data import DIGESTS


def build_signed_data(
    content: bytes,
    key: rsa.RSAPrivateKey,
    certificate: bytes,
    *,
    digest: str = "sha256",
    signed_at: datetime | None = None,
) -> bytes:
    """DER of RFC 2630 signed-data: the content inside, one signer, its certificate.

    Shape: `certificate` is the DER certificate of `key`; `signed_at` timezone-aware, left out when None.
    """
    own = x509.Certificate.load(certificate, strict=True)
    values = {"content_type": "data", "message_digest": hashlib.new(digest, content).digest()}
    attributes = [{"type": name, "values": [value]} for name, value in values.items()]
    if signed_at is not None:
        moment = cms.Time({"utc_time": signed_at.astimezone(UTC)})
        attributes.append({"type": "signing_time", "values": [moment]})
    signed_attributes = cms.CMSAttributes(attributes)
    algorithm = {"algorithm": digest}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
        ),
        "digest_algorithm": algorithm,
        "signed_attrs": signed_attributes,
        "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
        "signature": key.sign(signed_attributes.dump(), padding.PKCS1v15(), DIGESTS[digest]()),
    }
    signed = {
        "version": "v1",
        "digest_algorithms": [algorithm],
        "encap_content_info": {"content_type": "data", "content": content},
        "certificates": [own],
        "signer_infos": [signer],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump())
