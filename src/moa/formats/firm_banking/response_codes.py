"""What a response code means for us. Banks have their own lists, so a bank's profile may say otherwise; these are shipped.

Source: the codes marked public in response_codes.tsv stand in the design; those marked ours are of the simulated banks.
"""

from __future__ import annotations

import csv
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple


class Meaning(StrEnum):
    """What follows from a code: `no_record` is no failure while the request can still arrive; `other` means ask again."""

    DONE = "done"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    IN_PROCESS = "in_process"
    NO_RECORD = "no_record"
    OTHER = "other"


class ResponseCode(NamedTuple):
    code: str
    meaning: Meaning
    source: str
    en: str
    ko: str
    zh_hans: str


def _read() -> dict[str, ResponseCode]:
    text = files(__package__).joinpath("response_codes.tsv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines(), delimiter="\t"))[1:]
    return {row[0]: ResponseCode(row[0], Meaning(row[1]), *row[2:]) for row in rows}


RESPONSE_CODES = MappingProxyType(_read())


def meaning_of(code: str) -> Meaning:
    """A code that nobody knows is never a failure and never a success."""
    known = RESPONSE_CODES.get(code)
    return known.meaning if known else Meaning.OTHER
