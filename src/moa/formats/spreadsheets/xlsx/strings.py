"""The shared strings of a workbook: plain ones by one search per piece, formatted ones by a real XML parser."""

from __future__ import annotations

import re
from xml.parsers import expat

from moa.formats.spreadsheets.refusals import broken
from moa.formats.spreadsheets.xlsx.package import PartStream
from moa.formats.spreadsheets.xlsx.pieces import pieces
from moa.formats.spreadsheets.xlsx.values import without_entities, without_escapes

_PLAIN = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')


def read_strings(stream: PartStream) -> list[str]:
    """Every shared string, in order. Raises: WorkbookRefused."""
    strings: list[str] = []
    for piece in pieces(stream, "sst", "si"):
        found = _PLAIN.findall(piece)
        if len(found) != piece.count("<si"):
            found = _formatted(piece)
        elif "&" in piece:
            found = list(map(without_entities, found))
        strings.extend(map(without_escapes, found) if "_x" in piece else found)
    return strings


def _formatted(piece: str) -> list[str]:
    """Strings of several runs; phonetic hints (rPh) are no part of the text."""
    strings: list[str] = []
    parts: list[str] = []
    inside = {"t": 0, "rPh": 0}

    def start(name: str, _given: dict[str, str]) -> None:
        if name == "si":
            parts.clear()
        elif name in inside:
            inside[name] += 1

    def end(name: str) -> None:
        if name == "si":
            strings.append("".join(parts))
        elif name in inside:
            inside[name] -= 1

    def data(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(text)

    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    try:
        parser.Parse(f"<sst>{piece}</sst>", True)
    except expat.ExpatError as problem:
        raise broken(str(problem)) from None
    return strings
