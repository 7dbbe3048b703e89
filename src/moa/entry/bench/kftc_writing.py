"""Writing KFTC files: records per second against one % format a record, from the same columns in memory.

Both sides write the same bytes to a file, which is checked; ours also judges every field, the other takes them as they
are. Each side has the columns as suits it, made beforehand: ours as arrays, the other as lists of texts. The rows
`…texts` tell what ours takes when it is given those lists too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from moa.entry.bench.kftc_files import INSTITUTION, rows_of
from moa.entry.bench.measure import Result, rates_in_turns

RECORDS = 500_000
ROUNDS = 5
FLOOR = 3
Columns = dict[str, Any]


def run() -> list[Result]:
    """`kftc.write` is the slower of the two kinds, from arrays; `kftc.write_texts` from the very lists that the other
    side is given, which tells what a caller with texts can expect. The others have no floor."""
    with tempfile.TemporaryDirectory() as folder:
        each = [_measured(Path(folder), kind, plainly) for kind, plainly in PLAIN_WRITERS.items()]
    kinds = [result for pair in each for result in pair]
    arrays, texts = (min(results, key=lambda result: result.ratio) for results in zip(*each, strict=True))
    return [
        Result("kftc.write", arrays.ours, arrays.reference, arrays.ratio, FLOOR),
        Result("kftc.write_texts", texts.ours, texts.reference, texts.ratio),
        *kinds,
    ]


def _measured(folder: Path, kind: str, plainly: Callable[[Path, Columns], int]) -> tuple[Result, Result]:
    rows = rows_of(kind, RECORDS)
    texts: Columns = {name: [row[name] for row in rows] for name in rows[0]}
    ours, plain = folder / kind, folder / f"{kind}.plain"
    works = [
        partial(_write, ours, kind, _as_arrays(texts)),
        partial(_write, folder / f"{kind}.texts", kind, texts),
        partial(plainly, plain, texts),
    ]
    rate, texts_rate, reference = rates_in_turns(RECORDS, works, ROUNDS)
    if ours.read_bytes() != plain.read_bytes():
        raise AssertionError(f"the two ways of writing {kind} differ")
    name = f"kftc.write.{kind.lower()}"
    return (
        Result(name, rate, reference, rate / reference),
        Result(f"{name}.texts", texts_rate, reference, texts_rate / reference),
    )


def _as_arrays(texts: Columns) -> Columns:
    import numpy as np

    arrays = {name: np.array([text.encode("euc-kr") for text in column]) for name, column in texts.items()}
    if "amount" in texts:
        arrays["amount"] = np.array([int(text) for text in texts["amount"]])
    return arrays


def _write(path: Path, kind: str, columns: Columns) -> int:
    from datetime import date

    from moa.formats.kftc.columns import column_pieces

    with path.open("wb") as file:
        for piece in column_pieces(kind, columns, institution=INSTITUTION, date=date(2026, 7, 16)):
            file.write(piece)
    return RECORDS


def _write_applications(path: Path, columns: Columns) -> int:
    record = "R%08d" + INSTITUTION + "%-6s%-1s%-20s%-7s%-16s%-16s" + " " * 12 + "%-12s" + " " * 11
    names = "application_date application_type payer_no bank_branch_code account_no holder_id phone".split()
    number = 0
    with path.open("wb") as file:
        for number, row in enumerate(zip(*(columns[name] for name in names), strict=True), 1):
            file.write((record % (number, *row)).encode("euc-kr"))
    return number


def _write_debits(path: Path, columns: Columns) -> int:
    record = (
        "R%08d"
        + INSTITUTION
        + "%-7s%-16s%013d%-13s"
        + " " * 5
        + "%s  %-20s"
        + " " * 5
        + "%-1s%-12s"
        + " " * 21
    )
    names = "bank_branch_code account_no amount holder_id passbook_text payer_no debit_form phone_cash_receipt".split()
    number = 0
    with path.open("wb") as file:
        for number, row in enumerate(zip(*(columns[name] for name in names), strict=True), 1):
            bank, account, amount, holder, text, payer, form, phone = row
            wide = text.ljust(8, "\u3000")
            values: tuple[Any, ...] = (number, bank, account, int(amount), holder, wide, payer, form, phone)
            file.write((record % values).encode("euc-kr"))
    return number


PLAIN_WRITERS = {"EB13": _write_applications, "EB21": _write_debits}
