"""`mutations(kind, seed)`: one good file of the kind, and that file with each fault in turn."""

from __future__ import annotations

from collections.abc import Iterator

from tests.formats.kftc.oracle import applications
from tests.formats.kftc.oracle.application_faults import application_faults
from tests.formats.kftc.oracle.consent_faults import consent_faults
from tests.formats.kftc.oracle.debit_faults import debit_faults
from tests.formats.kftc.oracle.verdict import Mutation


def mutations(kind: str, seed: int) -> Iterator[Mutation]:
    if kind == "EI13":
        return consent_faults(kind, seed)
    return application_faults(kind, seed) if kind in applications.KINDS else debit_faults(kind, seed)
