"""Several payments as a person typed them: what is said once for all, and the rows, as texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from moa.payments.rules.typed_orders import LONGEST, TypedOrder

# The order of columns where no row names them; domain.md §2.12, bulk transfers.
COLUMNS = ("to_bank", "payee", "amount", "to_name", "memo", "document_no", "payer")
# What is said once for all rows; a row that says its payer itself keeps it.
COMMON = ("payer", "pay_on", "holiday_rule", "purpose", "via", "charge", "duplicate_reason", "name_reason")


class TypedBundle(NamedTuple):
    """The whole form. Shape: `common` by the names of COMMON, each of `rows` by those of COLUMNS."""

    common: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()

    def orders(self) -> list[TypedOrder]:
        return [
            TypedOrder(**{**self.common, **{name: text for name, text in row.items() if text or name not in COMMON}})
            for row in self.rows
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        return {"common": dict(self.common), "rows": [dict(row) for row in self.rows]}

    def masked(self, mask: Callable[[str], str]) -> TypedBundle:
        """With what people write freely gone through `mask`."""
        common = {
            name: mask(text) if name.endswith("_reason") else text for name, text in self.common.items()
        }
        return TypedBundle(common, tuple({**row, "memo": mask(row["memo"])} for row in self.rows))


def bundle_from_json(kept: Mapping[str, Any]) -> TypedBundle:
    """What `as_json` made."""
    rows = tuple({name: str(row.get(name, "")) for name in COLUMNS} for row in kept["rows"])
    return TypedBundle({name: str(kept["common"].get(name, "")) for name in COMMON}, rows)


def bundle_too_long(typed: TypedBundle) -> list[str]:
    """The fields that hold more than can be kept, those of a row with its number behind them."""
    found = [name for name, text in typed.common.items() if len(text) > LONGEST[name]]
    for number, row in enumerate(typed.rows, 1):
        found += [f"{name}.{number}" for name, text in row.items() if len(text) > LONGEST[name]]
    return found
