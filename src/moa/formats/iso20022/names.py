"""Element names without their namespace: versions differ in the namespace, hardly in the names."""

from __future__ import annotations

from typing import Any

# lxml ships no types; an element is only read here, by name, text and children.
Element = Any

_NAMES_KEPT = 4096


class LocalNames(dict[str, str]):
    """Answers a tag's local name, `{namespace}Ntry` → `Ntry`, and remembers it; a hostile file cannot make it grow.

    What is no element, an instruction to another program, has no name.
    """

    def __missing__(self, tag: str) -> str:
        if not isinstance(tag, str):
            return ""
        if len(self) >= _NAMES_KEPT:
            self.clear()
        name = tag.rpartition("}")[2]
        self[tag] = name
        return name


LOCAL = LocalNames()


def parts_of(element: Element) -> dict[str, Element]:
    """The children by local name; of repeated ones the last."""
    return {LOCAL[part.tag]: part for part in element}


def text_of(element: Element | None) -> str:
    """The element's own text without the blanks around it; "" where there is no element."""
    return "" if element is None else (element.text or "").strip()


def text_at(element: Element | None, *path: str) -> str:
    """The text of the first element down `path`, by local names; "" where the path ends early."""
    if element is None:
        return ""
    for name in path:
        for part in element:
            if LOCAL[part.tag] == name:
                element = part
                break
        else:
            return ""
    return (element.text or "").strip()
