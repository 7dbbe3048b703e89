"""The 300-byte messages of Korean firm banking (펌뱅킹): read, checked, written, answered, and framed on the line.

    from moa.formats.firm_banking import TRANSFER, FrameReader, decode, encode, framed

    data = encode(TRANSFER, {"company_no": "MOA01", "bank_code": "004", "msg_no": "1", ...})
    socket.sendall(framed(data))

Promises: no clock and no socket here; what does not fit is refused, never cut; text is EUC-KR and nothing beyond;
sound bytes come back as they were; passwords and sign codes are in no finding, and `blank` gives the copy that may be
stored. Five words: kind, message, answer, frame, envelope. More: docs/firm_banking.md.
"""

from .codec import Envelope, Message, MessageRefused, answer, blank, check, decode, encode, envelope
from .frames import Frame, FrameReader, framed, poll_answer, poll_request
from .messages import (
    BALANCE,
    CLOSE,
    COLLECTION,
    COLLECTION_TOTALS,
    FAILURE_NOTICE,
    LINE_TEST,
    MESSAGES,
    MISSING_NOTICE,
    NAME_INQUIRY,
    NOTICE_TOTALS,
    OPEN,
    RESULT_INQUIRY,
    TRANSACTION_NOTICE,
    TRANSFER,
    TRANSFER_TOTALS,
    MessageKind,
    answer_to,
)
from .response_codes import RESPONSE_CODES, Meaning, meaning_of

__all__ = [
    "BALANCE",
    "CLOSE",
    "COLLECTION",
    "COLLECTION_TOTALS",
    "FAILURE_NOTICE",
    "LINE_TEST",
    "MESSAGES",
    "MISSING_NOTICE",
    "NAME_INQUIRY",
    "NOTICE_TOTALS",
    "OPEN",
    "RESPONSE_CODES",
    "RESULT_INQUIRY",
    "TRANSACTION_NOTICE",
    "TRANSFER",
    "TRANSFER_TOTALS",
    "Envelope",
    "Frame",
    "FrameReader",
    "Meaning",
    "Message",
    "MessageKind",
    "MessageRefused",
    "answer",
    "answer_to",
    "blank",
    "check",
    "decode",
    "encode",
    "envelope",
    "framed",
    "meaning_of",
    "poll_answer",
    "poll_request",
]
