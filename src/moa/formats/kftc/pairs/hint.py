"""What stands in the other file instead: the row that was probably meant, or the rows that an answer may be for."""

from __future__ import annotations

from typing import NamedTuple

from moa.formats.kftc.codes import Language
from moa.formats.kftc.faults import field_label

_SHOWN = 10
_WHERE: dict[Language, str] = {
    "ko": "비교: {file} {records}번 레코드",
    "en": "Compare {file}, record {records}",
    "zh-hans": "对照：{file}第{records}条记录",
}
_WHAT: dict[Language, str] = {
    "ko": ", {label}({name}) “{value}”",
    "en": ', {label} ({name}) "{value}"',
    "zh-hans": "，{label}（{name}）“{value}”",
}
_JOINTS: dict[Language, str] = {"ko": ", ", "en": ", ", "zh-hans": "、"}


class Hint(NamedTuple):
    """A place in the other file. Shape: `value` is the text of `field` there; `others` are more records like it."""

    file: str
    record: int
    field: str
    value: str
    others: tuple[int, ...] = ()

    def as_json(self) -> dict[str, str | int | list[int]]:
        """Shape: `others` is there only where there are any."""
        told: dict[str, str | int | list[int]] = {
            "file": self.file, "record": self.record, "field": self.field, "value": self.value,
        }  # fmt: skip
        return told | ({"others": list(self.others)} if self.others else {})


def hint_sentence(hint: Hint, language: Language) -> str:
    """`Compare EI13, record 2, payer number (payer_no) "P9"`; of very many records the first ten."""
    numbers = [hint.record, *hint.others]
    records = _JOINTS[language].join(str(number) for number in numbers[:_SHOWN])
    where = _WHERE[language].format(file=hint.file, records=records + (" …" if numbers[_SHOWN:] else ""))
    label = field_label(hint.field, language)
    return where + _WHAT[language].format(label=label, name=hint.field, value=hint.value)
