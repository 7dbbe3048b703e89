"""Sets one long document and ends, so that the memory it took goes back: `python -m moa.ui.printing.child TEMPLATE`."""

from __future__ import annotations

import sys

from moa.ui.printing.setting import compiled


def main() -> None:
    """Data as JSON on standard input, the PDF on standard output."""
    sys.stdout.buffer.write(compiled(sys.argv[1], sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()
