"""Why a workbook is not opened."""

from __future__ import annotations

from moa.kernel.errors import DomainError


class WorkbookRefused(DomainError):
    """The workbook cannot or must not be read. Shape: code and, in `value`, what was found."""

    code = "workbook_broken"


def broken(found: str = "") -> WorkbookRefused:
    return WorkbookRefused("workbook_broken", value=found)


def too_large(found: str) -> WorkbookRefused:
    return WorkbookRefused("workbook_too_large", value=found)


def unsupported(found: str) -> WorkbookRefused:
    return WorkbookRefused("workbook_unsupported", value=found)
