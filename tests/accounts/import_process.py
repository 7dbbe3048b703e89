"""Imports in a process of its own, to be killed: `python -m tests.accounts.import_process GROUP PERSON FILE`."""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from moa.accounts.operations.import_file import import_file
    from moa.control.queries import context_for
    from tests.control.factories import AT

    group_id, person_id, file_id = (int(number) for number in sys.argv[1:])
    ctx = context_for(group_id, person_id, at=AT, channel="test")
    print("ready", flush=True)
    import_file(ctx, file_id=file_id)


if __name__ == "__main__":
    main()
