"""A template set with data into a PDF. The data enter as JSON, so no text of a user is ever read as markup."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

import moa
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text

_ROOT = Path(moa.__path__[0])
_OWN = "ui/printing"
# The typesetter keeps what it set last, about 70 kB a row: what is longer is set by a process of its own (ADR 59).
ROWS_HERE = 200
# 5,000 rows take two seconds and 800 MB. Nobody reads more on paper; a workbook holds them.
MOST_ROWS = 5_000
_SECONDS = 60
# One compiler for the process: it keeps the fonts and templates read, and is not made for two threads at once.
_setting = threading.Lock()
_long_setting = threading.Lock()


class PrintTooLong(DomainError):
    """A document of `rows` rows; at most `most` are printed."""

    code = "print_too_long"


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `data` in `template`: a name in `ui/printing`, or a path below `moa` ("ledger/printing/voucher").

    Every text is masked as pages mask free text (resident, passport and card numbers), except the cells that say they
    are `exact`: account numbers look like such numbers. The same data give the same bytes. Raises: print_too_long.
    """
    rows = sum(len(block.get("rows", ())) for block in data.get("blocks", ()))
    if rows > MOST_ROWS:
        raise PrintTooLong(rows=rows, most=MOST_ROWS)
    text = json.dumps(_masked(data), ensure_ascii=False, separators=(",", ":"))
    if rows <= ROWS_HERE:
        return compiled(template, text)
    with _long_setting:
        return _by_a_child(template, text)


def compiled(template: str, text: str, format: str = "pdf") -> Any:
    """The document that `template` makes of the JSON `text`, set in this process."""
    place = template if "/" in template else f"{_OWN}/{template}"
    source = _ROOT / f"{place}.typ"
    with _setting:
        return _compiler().compile(
            input=str(source), format=format, ppi=96, sys_inputs={"data": text}, timestamp=0
        )


@cache
def _compiler() -> Any:
    import noto_cjk_sans_otc
    import typst

    fonts = Path(noto_cjk_sans_otc.__file__).parent
    return typst.Compiler(root=str(_ROOT), font_paths=[str(fonts)], ignore_system_fonts=True)


def _by_a_child(template: str, text: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "moa.ui.printing.child", template],
        input=text.encode(),
        capture_output=True,
        timeout=_SECONDS,
        check=True,
    )
    return done.stdout


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        if value.get("exact"):
            return value
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(inner) for inner in value]
    return value
