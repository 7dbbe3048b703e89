"""A message as bytes and as fields: reading, writing, checking, answering, and the copy that may be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from moa.formats.fixed_width.finding import Finding, error
from moa.formats.fixed_width.layout import Layout, Unwritten

from .field_kinds import Identity, Secret
from .layouts import LENGTH
from .messages import MESSAGES, MessageKind

# Where the header's fields that name a message lie, also in one whose body can't be read.
_KIND, _NUMBER, _DATE, _BANK, _COMPANY = (
    slice(24, 31),
    slice(32, 38),
    slice(38, 46),
    slice(21, 24),
    slice(9, 21),
)
# What an answer repeats of its request's header; resp_code is the answer's own.
_REPEATED = ("ident", "company_no", "bank_code", "send_count", "msg_no", "send_date", "send_time",
             "reserved1", "reserved2", "reserved3")  # fmt: skip
_RESIDENT_DIGITS = 13
_SHOWN_DIGITS = 6


class MessageRefused(ValueError):
    """Bytes that are no message, or fields that no message can carry. Shape: every finding, secrets as stars."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(", ".join(f"{each.code} {each.field}".strip() for each in findings))


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """Shape: `fields` are texts by name, numbers without leading zeros; passwords are among them, so it has no long repr."""

    kind: MessageKind
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]

    def number(self, name: str) -> int:
        """A numeric field; what was left empty is 0."""
        return int(self.fields[name] or 0)

    @property
    def key(self) -> str:
        return self.kind.key

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes it unique: day, bank, company and number. An answer has its request's."""
        return (self["send_date"], self["bank_code"], self["company_no"], self["msg_no"])

    def __repr__(self) -> str:
        return f"<Message {self.key} {self['msg_no']} of {self['send_date']}>"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the header of any 300 bytes says, sound or not; enough to store and to match a message."""

    key: str
    msg_no: str
    send_date: str
    bank_code: str
    company_no: str


def encode(key: str, fields: Mapping[str, str]) -> bytes:
    """The 300 bytes of a message. Shape: `key` as in MESSAGES. Raises: MessageRefused with every field that does not fit."""
    layout = _kind(key).layout
    if unknown := set(fields) - {field.name for field in layout}:
        raise MessageRefused(tuple(error("field_unknown", None, name) for name in sorted(unknown)))
    try:
        return layout.encode(fields)
    except Unwritten as refused:
        raise MessageRefused(refused.findings) from None


def decode(data: bytes) -> Message:
    """The message that these bytes are. Raises: MessageRefused with every finding when they are none."""
    findings = check(data)
    if findings:
        raise MessageRefused(tuple(findings))
    kind = MESSAGES[key_of(data)]
    return Message(kind, kind.layout.decode(data))


def check(data: bytes) -> list[Finding]:
    """All that is wrong with a message; a wrong length or an unknown kind is the only finding."""
    if len(data) != LENGTH:
        return [error("message_length", None, "", str(len(data)))]
    key = key_of(data)
    if key not in MESSAGES:
        return [error("message_unknown", None, "msg_code", key)]
    layout = MESSAGES[key].layout
    secret = _secrets(layout)
    return [
        finding._replace(value="*") if finding.field in secret else finding for finding in layout.check(data)
    ]


def answer(request: Message, resp_code: str, fields: Mapping[str, str] | None = None) -> bytes:
    """The answer: the request's header and body with the code, and what the answer says beside it. Secrets go blank."""
    repeated = {name: request[name] for name in _REPEATED}
    own = {**request.fields, **dict.fromkeys(_secrets(request.kind.layout), "")}
    body = {name: text for name, text in own.items() if name not in _HEADER_NAMES}
    return encode(request.kind.answer_key, {**body, **repeated, **(fields or {}), "resp_code": resp_code})


def blank(data: bytes) -> bytes:
    """The copy that may be stored: passwords and sign codes as spaces, resident numbers as six digits and stars.

    Bytes that are no message of ours are blanked wherever the transfer and the collection hold secrets, for a garbled
    message may hold one there too.
    """
    layout = MESSAGES[key_of(data)].layout if key_of(data) in MESSAGES else MESSAGES["2000/100"].layout
    stored = bytearray(data)
    for field in layout:
        raw = bytes(stored[field.start : field.end])
        if isinstance(field.kind, Secret):
            stored[field.start : field.start + len(raw)] = b" " * len(raw)
        elif isinstance(field.kind, Identity) or field.name in _MAY_NAME_A_PERSON:
            stored[field.start : field.start + len(raw)] = _starred(raw)
    return bytes(stored)


def envelope(data: bytes) -> Envelope:
    """What the header says, without asking whether the message is sound; unreadable bytes as question marks."""
    text = data.decode("ascii", errors="replace").replace("\ufffd", "?")
    return Envelope(key_of(data), text[_NUMBER], text[_DATE], text[_BANK].strip(), text[_COMPANY].rstrip())


def key_of(data: bytes) -> str:
    """2000/100, as the header says it."""
    said = data[_KIND].decode("latin-1")
    return f"{said[:4]}/{said[4:]}"


_HEADER_NAMES = frozenset(field.name for field in MESSAGES["1000/100"].layout if field.end <= 100)
_MAY_NAME_A_PERSON = frozenset({"cms_code_or_id"})


def _kind(key: str) -> MessageKind:
    if key not in MESSAGES:
        raise MessageRefused((error("message_unknown", None, "msg_code", key),))
    return MESSAGES[key]


@cache
def _secrets_by_name(name: str) -> frozenset[str]:
    return frozenset(field.name for field in MESSAGES[name].layout if isinstance(field.kind, Secret))


def _secrets(layout: Layout) -> frozenset[str]:
    return _secrets_by_name(layout.name)


def _starred(raw: bytes) -> bytes:
    """Thirteen digits or more: the first six, and a star for each that follows. Shape: as long as before."""
    digits = [at for at, byte in enumerate(raw) if byte in b"0123456789"]
    if len(digits) < _RESIDENT_DIGITS:
        return raw
    stored = bytearray(raw)
    for at in digits[_SHOWN_DIGITS:]:
        stored[at] = ord("*")
    return bytes(stored)
