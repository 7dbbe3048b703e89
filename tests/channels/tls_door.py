"""A door over TLS before a bank that speaks without: it has the certificate that a test gives it, and hears what is said."""

from __future__ import annotations

import datetime
import select
import socket
import ssl
import threading
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_BEGAN, _ENDED, _ENDS = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2020, 2021, 2099))


class Authority:
    """Signs certificates. Shape: `pem` its own."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        made = _begun(self._name, self._name, self._key, _ENDS).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.pem = _pem(made.sign(self._key, hashes.SHA256())).decode()

    def sign(self, host: str, folder: Path, *, is_over: bool = False) -> ssl.SSLContext:
        """What a server with a certificate for `host` speaks with."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _begun(_named(host), self._name, key, _ENDED if is_over else _ENDS).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
        )
        file = folder / "server.pem"
        file.write_bytes(_pem(made.sign(self._key, hashes.SHA256())) + private_pem(key))
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.load_cert_chain(file)
        return served


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime.datetime
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), _BEGAN, until
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


class TlsDoor:
    """`with TlsDoor(bank_port, served) as door:`. Shape: `entered` the connections that came, `refused` those whose greeting
    failed, `heard` all that was said to the bank."""

    def __init__(self, bank_port: int, served: ssl.SSLContext) -> None:
        self.bank_port, self.served = bank_port, served
        self.entered, self.refused, self.heard = 0, 0, b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> TlsDoor:
        threading.Thread(target=self._let_in, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _let_in(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.entered += 1
            threading.Thread(target=self._pass_on, args=(plain, self.served), daemon=True).start()

    def _pass_on(self, plain: socket.socket, served: ssl.SSLContext) -> None:
        try:
            inside = served.wrap_socket(plain, server_side=True)
        except OSError:
            self.refused += 1
            plain.close()
            return
        with inside, socket.create_connection(("127.0.0.1", self.bank_port)) as bank:
            try:
                while self._moved(inside, bank):
                    pass
            except OSError:
                # With TLS 1.3 a client says only after the greeting that it does not believe.
                self.refused += 1

    def _moved(self, inside: ssl.SSLSocket, bank: socket.socket) -> bool:
        readable = [inside] if inside.pending() else select.select([inside, bank], [], [])[0]
        for one in readable:
            piece = one.recv(65_536)
            if one is inside:
                self.heard += piece
            (bank if one is inside else inside).sendall(piece)
            if not piece:
                return False
        return True
