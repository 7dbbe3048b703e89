"""A time stamping authority for tests: an HTTP server of this process that signs as RFC 3161 says, or is down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Authority:
    """`fault` changes its answers: refuse, other_digest, other_nonce, broken_signature, http_500."""

    def __init__(self, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(MOMENT - timedelta(days=1))
            .not_valid_after(MOMENT + timedelta(days=3650))
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.fault = ""
        self.asked = 0

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def reply(self, request: bytes) -> bytes:
        self.asked += 1
        asked = tsp.TimeStampReq.load(request)
        if self.fault == "refuse":
            # A rejection carries no token: the status alone, in its SEQUENCE.
            status = tsp.PKIStatusInfo({"status": "rejection"}).dump()
            return b"\x30" + bytes([len(status)]) + bytes(status)
        digest = asked["message_imprint"]["hashed_message"].native
        nonce = asked["nonce"].native
        if self.fault == "other_digest":
            digest = sha256(b"other").digest()
        info = tsp.TSTInfo(
            {
                "version": "v1", "policy": "1.2.3.4", "serial_number": self.asked, "gen_time": MOMENT,
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
                "nonce": nonce + (self.fault == "other_nonce"),
            }
        )  # fmt: skip
        return bytes(
            tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self._token(info)}).dump()
        )

    def _token(self, info: Any) -> Any:
        held = asn1_x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [sha256(info.dump()).digest()]}),
            ]
        )
        signature = self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        if self.fault == "broken_signature":
            signature = self.key.sign(b"something else", ec.ECDSA(hashes.SHA256()))
        signed = cms.SignedData(
            {
                "version": "v3", "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())},
                "certificates": [held],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": {"issuer_and_serial_number": {"issuer": held.issuer, "serial_number": held.serial_number}},
                        "digest_algorithm": {"algorithm": "sha256"}, "signed_attrs": attributes,
                        "signature_algorithm": {"algorithm": "sha256_ecdsa"}, "signature": signature,
                    }
                ],
            }
        )  # fmt: skip
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """The authority behind an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if authority.fault == "http_500":
                self.send_error(500)
                return
            data = authority.reply(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
