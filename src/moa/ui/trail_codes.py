"""Values of audit lines that are codes, in words, by the field that they stand in. A code without a word stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]

_PROOFS: Words = {
    "password": pgettext_lazy("trail", "password"),
    "authenticator": pgettext_lazy("trail", "authenticator app"),
    "recovery_code": pgettext_lazy("trail", "recovery code"),
    "recovery": pgettext_lazy("trail", "recovery code"),
    "passkey": pgettext_lazy("trail", "passkey"),
    "second_factor": pgettext_lazy("trail", "second factor"),
    "both": pgettext_lazy("trail", "password and second factor"),
}
_ACTS: Words = {
    "accounts": pgettext_lazy("trail", "accounts from files"),
    "file": pgettext_lazy("trail", "vouchers from files"),
    "rule": pgettext_lazy("trail", "vouchers by rules"),
    "interest": pgettext_lazy("trail", "interest"),
    "fee": pgettext_lazy("trail", "fees"),
    "close": pgettext_lazy("trail", "closing"),
}
_KINDS: Words = {
    "operating": pgettext_lazy("trail", "operating account"),
    "collection": pgettext_lazy("trail", "collection (mother) account"),
    "concentration": pgettext_lazy("trail", "concentration account"),
    "withdrawal": pgettext_lazy("trail", "withdrawal account"),
    "special": pgettext_lazy("trail", "special account"),
    "foreign": pgettext_lazy("trail", "foreign currency account"),
    "company": pgettext_lazy("trail", "company"),
    "unit": pgettext_lazy("trail", "unit"),
    "statement_file": pgettext_lazy("trail", "statement file"),
    "rate_file": pgettext_lazy("trail", "file of exchange rates"),
    "attachment": pgettext_lazy("trail", "attachment"),
    "mail_attachment": pgettext_lazy("trail", "attachment of a mail"),
    "year_backup": pgettext_lazy("trail", "backup of a year"),
    "column_sample": pgettext_lazy("trail", "sample of a bank's table"),
    "transfer": pgettext_lazy("trail", "transfer voucher"),
    "receipt": pgettext_lazy("trail", "receipt voucher"),
    "payment": pgettext_lazy("trail", "payment voucher"),
    "xlsx": "Excel",
    "csv": "CSV",
    "month": pgettext_lazy("trail", "month"),
    "year": pgettext_lazy("trail", "year"),
    "day": pgettext_lazy("trail", "day"),
}
CODES: Mapping[str, Words] = {
    "by": _PROOFS,
    "lost": _PROOFS,
    "second_factor": _PROOFS,
    "acts": _ACTS,
    "kind": _KINDS,
    "origin": {
        "interest": pgettext_lazy("trail", "interest"),
        "fee": pgettext_lazy("trail", "fees"),
        "entry": pgettext_lazy("trail", "entered by a person"),
        "file": pgettext_lazy("trail", "from a file"),
        "rule": pgettext_lazy("trail", "by a rule"),
        "close": pgettext_lazy("trail", "at a closing"),
        "opening": pgettext_lazy("trail", "opening balance"),
        "reversal": pgettext_lazy("trail", "reversal"),
        "payment": pgettext_lazy("trail", "by a payment"),
    },
    "mode": {
        "post": pgettext_lazy("trail", "booked at once"),
        "confirm": pgettext_lazy("trail", "booked after confirmation"),
    },
    "direction": {"in": pgettext_lazy("trail", "paid in"), "out": pgettext_lazy("trail", "paid out")},
    "chart": {
        "cn_settlement_centre": pgettext_lazy("trail", "Chinese settlement centre"),
        "kr_company": pgettext_lazy("trail", "Korean company"),
    },
    "channel": {
        "app": pgettext_lazy("trail", "inbox"),
        "mail": pgettext_lazy("trail", "mail"),
        "both": pgettext_lazy("trail", "inbox and mail"),
        "none": pgettext_lazy("trail", "not at all"),
    },
    "pace": {"now": pgettext_lazy("trail", "at once"), "digest": pgettext_lazy("trail", "once a day")},
    "theme": {"light": pgettext_lazy("trail", "light"), "dark": pgettext_lazy("trail", "dark")},
    "density": {
        "tight": pgettext_lazy("trail", "tight"),
        "usual": pgettext_lazy("trail", "usual"),
        "wide": pgettext_lazy("trail", "wide"),
    },
}


def code_words(field: str, code: str) -> str:
    """ "" where the field holds no codes, or none of this name."""
    return str(CODES.get(field, {}).get(code, ""))
