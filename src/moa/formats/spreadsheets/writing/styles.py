"""The few looks of a written workbook: one style sheet for all.

Source: ECMA-376 part 1, 18.8. A style is the place of its `xf` in the list that `STYLES_XML` prints.
"""

from __future__ import annotations

PLAIN, QUOTED, DATE, MOMENT, NUMBER = range(5)
# By the number of minor digits of a currency.
AMOUNTS = {digits: 5 + digits for digits in range(5)}
HEAD, HEAD_RIGHT, TITLE, QUIET = range(10, 14)
STRONG, STRONG_QUOTED, STRONG_DATE, STRONG_MOMENT, STRONG_NUMBER = range(14, 19)
STRONG_AMOUNTS = {digits: 19 + digits for digits in range(5)}

_DATE_FORMAT, _MOMENT_FORMAT, _NUMBER_FORMAT, _AMOUNT_FORMAT = 164, 165, 166, 167
_PLAIN_FONT, _STRONG_FONT, _TITLE_FONT, _QUIET_FONT = range(4)
_FORMATS = (
    (_DATE_FORMAT, "yyyy-mm-dd"),
    (_MOMENT_FORMAT, "yyyy-mm-dd hh:mm:ss"),
    (_NUMBER_FORMAT, "#,##0.00########"),
    *((_AMOUNT_FORMAT + digits, "#,##0" + ("." + "0" * digits if digits else "")) for digits in range(5)),
)


def _look(number_format: int, font: int, more: str = "", inside: str = "") -> str:
    fill, border = (2, 1) if "head" in more else (0, 0)
    more = more.replace("head", "").strip()
    apply = f' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"{" " + more if more else ""}'
    start = (
        f'<xf numFmtId="{number_format}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"{apply}'
    )
    return f"{start}>{inside}</xf>" if inside else f"{start}/>"


def _cells(font: int) -> list[str]:
    return [
        _look(0, font), _look(0, font, 'quotePrefix="1"'), _look(_DATE_FORMAT, font), _look(_MOMENT_FORMAT, font),
        _look(_NUMBER_FORMAT, font), *(_look(_AMOUNT_FORMAT + digits, font) for digits in range(5)),
    ]  # fmt: skip


_LOOKS = [
    *_cells(_PLAIN_FONT),
    _look(0, _STRONG_FONT, "head"),
    _look(0, _STRONG_FONT, 'head applyAlignment="1"', '<alignment horizontal="right"/>'),
    _look(0, _TITLE_FONT),
    _look(0, _QUIET_FONT),
    *_cells(_STRONG_FONT),
]
_FONTS = (
    '<sz val="10"/>',
    '<b/><sz val="10"/>',
    '<b/><sz val="14"/>',
    '<sz val="10"/><color rgb="FF5A6661"/>',
)

STYLES_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    f'<numFmts count="{len(_FORMATS)}">'
    + "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in _FORMATS)
    + f'</numFmts><fonts count="{len(_FONTS)}">'
    + "".join(f'<font>{font}<name val="Malgun Gothic"/></font>' for font in _FONTS)
    + '</fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill><fill><patternFill patternType="solid"><fgColor rgb="FFEEF0EC"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"><color rgb="FF8B958F"/></bottom><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_LOOKS)}">'
    + "".join(_LOOKS)
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
