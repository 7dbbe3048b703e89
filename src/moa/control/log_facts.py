"""What every line of the log says about the request or job it was written in: its id, its page, the person's number.

The person's name is never among the facts; whoever may read the log need not be one who may see persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_facts: ContextVar[Mapping[str, object]] = ContextVar("moa_log_facts", default=MappingProxyType({}))


def log_facts() -> Mapping[str, object]:
    return _facts.get()


@contextmanager
def logged(**facts: object) -> Iterator[None]:
    """Lines written inside carry `facts` too; what `note` adds inside ends with it."""
    token = _facts.set({**_facts.get(), **facts})
    try:
        yield
    finally:
        _facts.reset(token)


def note(**facts: object) -> None:
    """What became known meanwhile: the person, once the session was read."""
    _facts.set({**_facts.get(), **facts})
