"""The subjects of a book as a tree: names in the reader's language, and amounts of the lowest summed upward."""

from __future__ import annotations

from dataclasses import dataclass, field

from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, Subject


@dataclass(slots=True)
class Node:
    """A subject. Shape: `level` 1 for the highest."""

    id: int
    code: str
    name: str
    nature: str
    normal_side: int
    parent: Node | None
    level: int
    children: list[Node] = field(default_factory=list)

    def below(self) -> list[Node]:
        """This subject and all below it."""
        return [self, *(node for child in self.children for node in child.below())]


class SubjectTree:
    """All subjects of the book, parents before children."""

    def __init__(self, ctx: Context, book: Book) -> None:
        rows = {one.id: one for one in Subject.objects.filter(book_id=book.id)}
        self.by_id: dict[int, Node] = {}
        language = ctx.language.lower()
        for one in rows.values():
            self._add(one, rows, "zh-hans" if language.startswith("zh") else language)
        self.in_order = sorted(self.by_id.values(), key=lambda node: node.code)
        for node in self.in_order:
            if node.parent is not None:
                node.parent.children.append(node)

    def _add(self, one: Subject, rows: dict[int, Subject], language: str) -> Node:
        if one.id not in self.by_id:
            above = None if one.parent_id is None else self._add(rows[one.parent_id], rows, language)
            self.by_id[one.id] = Node(
                one.id, one.code, one.names.get(language) or one.name, one.nature, one.normal_side, above,
                1 if above is None else above.level + 1,
            )  # fmt: skip
        return self.by_id[one.id]

    def named(self, code: str) -> Node:
        """Raises: not_found."""
        for node in self.in_order:
            if node.code == code:
                return node
        raise NotFound(subject=code)
