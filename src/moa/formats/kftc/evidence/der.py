"""Whether bytes are DER: one way to write each value, and nothing behind it. Source: ITU-T X.690 clauses 8, 10, 11."""

from __future__ import annotations

from moa.formats.kftc.evidence.refusal import DATA_AFTER_END, TRUNCATED, EvidenceFault

NOT_DER = "not DER"
_BOOLEAN, _INTEGER, _NULL, _IDENTIFIER, _SEQUENCE, _SET = 1, 2, 5, 6, 16, 17
_DEEPEST = 40


def check_der(data: bytes) -> None:
    """Raises: EvidenceFault for an indefinite or overlong length, a string in pieces, a loose integer, a rest.

    The order of a SET OF is not asked for: signing tools keep their own, and sign it as it stands.
    """
    waiting = [(0, len(data), 0)]
    while waiting:
        at, end, depth = waiting.pop()
        if depth > _DEEPEST:
            raise EvidenceFault(NOT_DER)
        while at < end:
            tag, body, after = _read_head(data, at, end)
            if tag & 0x20:
                waiting.append((body, after, depth + 1))
            _check_value(tag, data[body:after])
            at = after
            if not depth and at < end:
                raise EvidenceFault(DATA_AFTER_END)


def _read_head(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """The tag, where its value begins, and where it ends."""
    if at + 2 > end:
        raise EvidenceFault(TRUNCATED)
    tag, length, body = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise EvidenceFault(NOT_DER)
    if length == 0x80:
        raise EvidenceFault("indefinite length")
    if length > 0x80:
        octets = data[body : body + length - 0x80]
        body += length - 0x80
        length = int.from_bytes(octets, "big")
        if length < 0x80 or not octets[0]:
            raise EvidenceFault(NOT_DER)
    if body + length > end:
        raise EvidenceFault(TRUNCATED)
    return tag, body, body + length


def _check_value(tag: int, value: bytes) -> None:
    if tag & 0xC0:
        return
    number, constructed = tag & 0x1F, bool(tag & 0x20)
    if constructed != (number in (_SEQUENCE, _SET)):
        raise EvidenceFault(NOT_DER)
    loose = number == _INTEGER and len(value) > 1 and (value[0], value[1] >> 7) in ((0, 0), (0xFF, 1))
    empty = number in (_INTEGER, _IDENTIFIER) and not value
    if loose or empty or number == _NULL and value or number == _BOOLEAN and value not in (b"\x00", b"\xff"):
        raise EvidenceFault(NOT_DER)
