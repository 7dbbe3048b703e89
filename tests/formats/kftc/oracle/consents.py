"""EI13: evidence of consent in blocks of 1,024 bytes (design document, annex 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from tests.formats.kftc.oracle import material, pictures


@dataclass(frozen=True)
class Consent:
    payer_no: str
    bank_code: str
    account_no: str
    application_date: str
    evidence_type: str
    extension: str
    content: bytes


def header(institution: str, day: date, count: int) -> bytes:
    made = b"AE1112" + b"11" + b"0000000" + day.strftime("%Y%m%d").encode()
    return _blocks(made + institution.encode().ljust(20) + f"{count:07d}".encode(), 1)


def row(number: int, institution: str, one: Consent) -> bytes:
    made = b"AE1112" + b"22" + f"{number:07d}".encode() + b" " * 10 + institution.encode().ljust(20)
    made += one.payer_no.encode().ljust(30) + one.bank_code.encode().ljust(3)
    made += one.account_no.encode().ljust(20) + one.application_date.encode().ljust(8)
    made += one.evidence_type.encode().ljust(1) + one.extension.encode().ljust(5)
    made += f"{len(one.content):07d}".encode()
    assert len(made) == 119
    whole = made + one.content
    while len(whole) % 1024:
        whole += b" " * (1024 - len(whole) % 1024)
    return whole


def trailer(institution: str, count: int, blocks: int) -> bytes:
    made = b"AE1112" + b"33" + b"9999999" + institution.encode().ljust(20)
    return _blocks(made + f"{count:07d}".encode() + f"{blocks:010d}".encode(), 1)


def records(institution: str, day: date, rows: list[Consent]) -> list[bytes]:
    body = [row(number, institution, one) for number, one in enumerate(rows, 1)]
    blocks = sum(len(one) // 1024 for one in body)
    return [header(institution, day, len(rows)), *body, trailer(institution, len(rows), blocks)]


def consents(rng: Random, day: date, count: int) -> list[Consent]:
    rows = []
    for number in range(1, count + 1):
        branch, account = material.bank_and_account(rng)
        kind, extension, content = pictures.evidence(rng, number)
        payer, stated = material.payer(rng, number), day.strftime("%Y%m%d")
        rows.append(Consent(payer, branch[:3], account, stated, kind, extension, content))
    return rows


def _blocks(record: bytes, count: int) -> bytes:
    made = record.ljust(1024 * count)
    assert len(made) == 1024 * count
    return made
