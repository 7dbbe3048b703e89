"""A stream of XML as a tree that grows: bounded memory, no DOCTYPE, nothing fetched, faults as findings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple

from lxml import etree

from moa.formats.iso20022.names import Element
from moa.formats.iso20022.prolog import Prolog, read_fully, sniff_prolog
from moa.kernel.errors import Problem, error

CHUNK_BYTES = 32_768
# No header, entry or payment is this long. What is, would fill the memory before anybody could look at it.
PART_BYTES = 8_000_000
# The longest beginning of a declaration that can be cut by the end of a chunk.
_HELD_BACK = 64
_XML_DECLARATION = re.compile(rb"<\?xml[ \t\r\n]")
_PLACE_IN_MESSAGE = re.compile(r", line \d+, column \d+$")
_TOO_DEEP = "Excessive depth"
# lxml gives no way to the root of a tree that is still growing, except from a node that it handed out. To be told
# of elements would cost a call for each, a third of all time; of an instruction of our own before the root, nothing.
_ANCHOR = "<?anchor?>"


class Growth(NamedTuple):
    """The tree after another piece of the file. `complete`: the document has ended, and well."""

    root: Element
    complete: bool


class XmlStream:
    """Yields the tree each time it has grown, then at most one problem, and stops.

    The caller reads the elements that are followed by another one or belong to a complete document, removes them
    from the tree, and sets `unread` to 0 when it did. A file may hold several documents, one after the other, each
    with its own XML declaration. `line_of` gives an element's line in the file.
    """

    def __init__(self, source: BinaryIO, prolog: Prolog) -> None:
        self.unread = 0
        self._source = source
        self._prolog = prolog
        self._lines_before = 0
        self._lines = 0

    def line_of(self, element: Element) -> int:
        return self._lines_before + (element.sourceline or 0)

    def __iter__(self) -> Iterator[Growth | Problem]:
        self._source.seek(0)
        buffer = read_fully(self._source, CHUNK_BYTES)
        prolog: Prolog | None = self._prolog
        while prolog is not None:
            if prolog.problem is not None:
                yield self._moved(prolog.problem)
                return
            buffer = yield from self._document(buffer, prolog)
            prolog = sniff_prolog(buffer) if buffer else None
            self._lines_before = self._lines

    def _document(self, buffer: bytes, prolog: Prolog) -> Generator[Growth | Problem, None, bytes]:
        """One document; returns the bytes with which the next one begins, empty at the end and after a problem."""
        try:
            parser = _parser(prolog.codec)
        except LookupError:
            yield error("encoding_unknown", "line 1", "encoding", prolog.encoding)
            return b""
        root: Element | None = None
        anchor: Element | None = None
        self.unread = 0
        before = buffer[: prolog.declaration] + _ANCHOR.encode(prolog.markup)
        for chunk, following in self._chunks(buffer, prolog.declaration):
            problem = self._feed(parser, before + chunk, prolog)
            before = b""
            self.unread += len(chunk)
            for _, instruction in parser.read_events():
                if anchor is None:
                    anchor = instruction
                elif instruction.getparent() is not None:
                    problem = problem or self._refused_instruction(instruction)
            if root is None and anchor is not None:
                root = _root_after(anchor)
                if root is not None and (refused := _refused_doctype(root)):
                    yield refused
                    return b""
            if problem is None and following is not None:
                problem = self._close(parser, prolog)
            if root is not None:
                yield Growth(root, problem is None and following is not None)
            if problem is None and self.unread > PART_BYTES:
                problem = error(
                    "xml_part_too_large", f"line {self._lines + 1}", "xml", f"{self.unread} bytes"
                )
            if problem is not None:
                yield problem
                return b""
            if following:
                return following
        return b""

    def _chunks(self, buffer: bytes, begin: int) -> Iterator[tuple[bytes, bytes | None]]:
        """Pieces of one document from the byte `begin` on, and with its last piece what follows it: the beginning of
        another document, or nothing."""
        self._lines += buffer.count(b"\n", 0, begin)
        buffer = buffer[begin:]
        while True:
            start = _next_document(buffer)
            if start:
                self._lines += buffer.count(b"\n", 0, start)
                yield buffer[:start], buffer[start:] + read_fully(self._source, CHUNK_BYTES)
                return
            more = self._source.read(CHUNK_BYTES)
            if not more:
                yield buffer, b""
                self._lines += buffer.count(b"\n")
                return
            yield buffer[:-_HELD_BACK], None
            self._lines += buffer.count(b"\n", 0, -_HELD_BACK)
            buffer = buffer[-_HELD_BACK:] + more

    def _feed(self, parser: etree.XMLPullParser, chunk: bytes, prolog: Prolog) -> Problem | None:
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError as fault:
            return self._broken(fault.code, fault.lineno or 0, fault.msg or "", prolog)
        # libxml2 goes silent after some faults, an unknown entity for one; the log knows.
        for found in parser.feed_error_log:
            if found.level >= etree.ErrorLevels.ERROR:
                return self._broken(found.type, found.line, found.message, prolog)
        return None

    def _close(self, parser: etree.XMLPullParser, prolog: Prolog) -> Problem | None:
        try:
            parser.close()
        except etree.XMLSyntaxError as fault:
            return self._broken(fault.code, fault.lineno or 0, fault.msg or "", prolog)
        return None

    def _broken(self, code: int, line: int, message: str, prolog: Prolog) -> Problem:
        place = f"line {self._lines_before + line}"
        text = _PLACE_IN_MESSAGE.sub("", message.strip())
        if code == etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING:
            return error("encoding_unknown", place, "encoding", prolog.encoding)
        if code in (etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.I18N_CONV_FAILED):
            return self._wrong_encoding(place, prolog)
        if text.startswith(_TOO_DEEP):
            return error("xml_too_deep", place, "xml", text)
        return error("xml_broken", place, "xml", text)

    def _wrong_encoding(self, place: str, prolog: Prolog) -> Problem:
        """The parser names the first line only; decoding once more finds the byte."""
        if found := _first_wrong_byte(self._source, prolog.codec or prolog.encoding):
            line, seen = found
            return error("encoding_wrong", f"line {line}", "encoding", f"{prolog.encoding}: {seen}")
        return error("encoding_wrong", place, "encoding", prolog.encoding)

    def _refused_instruction(self, instruction: Element) -> Problem:
        """It would cut a text in two, and it could only be meant for another program."""
        return error(
            "xml_instruction_refused", f"line {self.line_of(instruction)}", "xml", instruction.target
        )

    def _moved(self, problem: Problem) -> Problem:
        if not self._lines_before or not problem.place.startswith("line "):
            return problem
        line = self._lines_before + int(problem.place.removeprefix("line "))
        return problem._replace(place=f"line {line}")


def _parser(codec: str) -> etree.XMLPullParser:
    """A parser that expands nothing, fetches nothing and stops at 256 levels. Raises: LookupError."""
    return etree.XMLPullParser(
        events=("pi",),
        encoding=codec or None,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
    )


def _root_after(anchor: Element) -> Element | None:
    """The document's element, once it has begun; instructions for style sheets may stand before it."""
    return next((node for node in anchor.itersiblings() if isinstance(node.tag, str)), None)


def _next_document(buffer: bytes) -> int:
    """Where in the buffer another document begins: its declaration right after a tag; 0 where none does."""
    for match in _XML_DECLARATION.finditer(buffer):
        if buffer[: match.start()].rstrip().endswith(b">"):
            return match.start()
    return 0


def _refused_doctype(root: Element) -> Problem | None:
    """A DOCTYPE that the look at the first bytes did not see."""
    info = root.getroottree().docinfo
    if info.internalDTD is None and info.externalDTD is None:
        return None
    return error("xml_doctype_refused", "line 1", "DOCTYPE", info.doctype[:80])


def _first_wrong_byte(source: BinaryIO, name: str) -> tuple[int, str] | None:
    """The line and the bytes that are not of the encoding `name`, reading the file again from its start."""
    try:
        decoder = codecs.getincrementaldecoder(name)("strict")
    except LookupError:
        return None
    source.seek(0)
    line = 1
    while True:
        chunk = source.read(CHUNK_BYTES)
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as fault:
            line += fault.object[: fault.start].decode(name, "replace").count("\n")
            return line, "bytes " + fault.object[fault.start : fault.start + 4].hex(" ").upper()
        if not chunk:
            return None
