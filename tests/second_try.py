"""What failed beside other tests is tried once more, alone: at most five tests, for more is no accident (ADR 85).

A test that fails alone too fails `make test`. One that passes then is named in the last lines, so that it is mended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from moa.entry.postgres.places import checkout

MOST = 5
FAILED = checkout() / "var" / "test-failed.json"


def note_failures(names: list[str], kept: Path = FAILED) -> None:
    """Keep what failed in a session of tests. Shape: pytest's names of tests, a test that failed twice once."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(list(dict.fromkeys(names))))


def main(kept: Path = FAILED) -> int:
    """The second try. Shape: gives the exit code, 0 when every test passed now; 1 when there were too many to try."""
    names = json.loads(kept.read_text())
    kept.unlink()
    if not 0 < len(names) <= MOST:
        return 1
    print(f"\n{len(names)} failed; once more, alone: {', '.join(names)}", flush=True)
    return int(pytest.main(["-v", "-n", "0", *names]))


if __name__ == "__main__":
    sys.exit(main())
