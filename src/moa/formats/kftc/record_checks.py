"""What must hold within one data record, beyond what each field may hold: the reference, record by record.

A record of a result file that carries an error code may show the very fault that the code names: an EB22 record that
failed with 0061 has the amount 0. Such a fault is what the record reports, so it is no finding.
Source: KFTC notice of 2015-07-22, tables of codes; reference layouts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from moa.formats.fixed_width.finding import Finding, error, warning
from moa.formats.fixed_width.kinds import as_date

from .codes import is_result_code
from .file_kinds import FileKind
from .identifiers import account_warnings, business_number_fault
from .institution_codes import InstitutionUnknown, institution

# The codes with which an institution refuses an application in EB12.
INSTITUTIONS_OWN = frozenset(("A013", "A016", "A017", "A019"))
PAYER_IN_EB13 = 20
NEW, CANCEL, ARBITRARY_CANCEL = b"1", b"3", b"7"


@dataclass(frozen=True, slots=True)
class FileFrame:
    """What the header says and every record must agree with. Shape: None where the header could not be read."""

    kind: FileKind
    institution: bytes | None
    date: date | None


def check_record(frame: FileFrame, record: bytes, number: int) -> list[Finding]:
    """Every finding of one data record of the right length; its place in the sequence is judged by the reader."""
    if _is_garbled(frame, record):
        return [_finding(frame, record, number, "0081", "record_type")]
    findings = frame.kind.data.check(record, number)
    if _cut(frame, record, "institution_code") == frame.institution:
        findings = without(findings, "institution_code")  # what is wrong with it, the header has told
    faulty = {finding.field for finding in findings}
    findings += _institution(frame, record, number, faulty)
    if frame.kind.data.has("application_date"):
        findings += _application_date(frame, record, number)
    if frame.kind.family == "EB1x":
        findings += _application(frame, record, number, faulty)
    if frame.kind.family in ("EB2x", "EB3x"):
        findings += _sum(frame, record, number, faulty)
    if frame.kind.is_result:
        findings += _result(frame, record, number, faulty)
        told = _cut(frame, record, "error_code").decode("ascii", "replace").strip()
        findings = [finding for finding in findings if finding.code != told]
    return findings + _hints(frame, record, number, faulty)


def without(findings: list[Finding], name: str) -> list[Finding]:
    return [finding for finding in findings if finding.field != name]


def _is_garbled(frame: FileFrame, record: bytes) -> bool:
    """Whether nothing of a record's head can be read, so that its fields mean nothing: that is one fault."""
    head = ("record_type", "seq", "institution_code")
    return all(frame.kind.data.field(name).fault(record) is not None for name in head)


def _cut(frame: FileFrame, record: bytes, name: str) -> bytes:
    return frame.kind.data.field(name).cut(record)


def _finding(frame: FileFrame, record: bytes, number: int, code: str, name: str) -> Finding:
    return error(code, number, name, frame.kind.data.field(name).read(record))


def _institution(frame: FileFrame, record: bytes, number: int, faulty: set[str]) -> list[Finding]:
    name = "institution_code"
    if frame.institution is None or name in faulty or _cut(frame, record, name)[:10] == frame.institution:
        return []
    return [_finding(frame, record, number, "institution_mismatch", name)]


def _application_date(frame: FileFrame, record: bytes, number: int) -> list[Finding]:
    """Nobody applies after the day of the file (KFTC-116)."""
    applied = as_date(_cut(frame, record, "application_date"))
    if applied is None or frame.date is None or applied <= frame.date:
        return []
    return [_finding(frame, record, number, "A011", "application_date")]


def _application(frame: FileFrame, record: bytes, number: int, faulty: set[str]) -> list[Finding]:
    """A new application names its holder (KFTC-092)."""
    if not _cut(frame, record, "holder_id").strip(b" "):
        told = _cut(frame, record, "application_type")
        if told == NEW:
            return [_finding(frame, record, number, "0014", "holder_id")]
    return []


def _sum(frame: FileFrame, record: bytes, number: int, faulty: set[str]) -> list[Finding]:
    """A sum that can be asked for (KFTC-121, KFTC-124). What was not debited in part may be any sum."""
    if "amount" in faulty:
        return []
    won = int(_cut(frame, record, "amount"))
    if won == 0:
        return [_finding(frame, record, number, "0061", "amount")]
    if won < frame.kind.minimum_won:
        return [_finding(frame, record, number, "0075", "amount")]
    return []


def _result(frame: FileFrame, record: bytes, number: int, faulty: set[str]) -> list[Finding]:
    findings = []
    code = _cut(frame, record, "error_code").decode("ascii", "replace").strip()
    if "error_code" not in faulty and not is_result_code(code):
        findings.append(warning("error_code_unknown", number, "error_code", code))
    elif "error_code" not in faulty and frame.kind.name == "EB12" and code not in INSTITUTIONS_OWN:
        findings.append(warning("error_code_unusual", number, "error_code", code))
    if frame.kind.family == "EB2x":
        form, told = _cut(frame, record, "debit_form"), _cut(frame, record, "result")
        if told == b"P" and form == b"1":
            findings.append(warning("partial_for_full", number, "result", "P"))
    return findings


def _hints(frame: FileFrame, record: bytes, number: int, faulty: set[str]) -> list[Finding]:
    """What looks unusual and may still be right: a former bank code, the count of digits, a business number."""
    findings: list[Finding] = []
    if frame.kind.family == "EI13" and "payer_no" not in faulty:
        payer = frame.kind.data.field("payer_no").read(record)
        if len(payer) > PAYER_IN_EB13:
            findings.append(warning("payer_no_too_long", number, "payer_no", payer))
    bank_field = "bank_branch_code" if frame.kind.data.has("bank_branch_code") else "bank_code"
    if bank_field not in faulty:
        bank = _cut(frame, record, bank_field)[:3].decode("ascii")
        try:
            known = institution(bank)
        except InstitutionUnknown:  # the code is what the record reports
            return findings
        if not known.is_representative:
            findings.append(warning("bank_code_legacy", number, bank_field, bank))
        account = _cut(frame, record, "account_no").decode("ascii", "replace").strip()
        if "account_no" not in faulty:
            findings += [hint._replace(record=number) for hint in account_warnings(bank, account)]
    if "holder_id" not in faulty and frame.kind.data.has("holder_id"):
        holder = _cut(frame, record, "holder_id").decode("ascii", "replace").strip()
        if len(holder) == 10 and business_number_fault(holder):
            findings.append(warning("business_number_check", number, "holder_id", holder))
    return findings
