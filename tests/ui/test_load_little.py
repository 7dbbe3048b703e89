"""The first page, with its chart, loads at most 350 kB; fonts come after it and are not counted."""

from __future__ import annotations

import json
import re
from pathlib import Path

from moa.ui.environment import DIST

LIMIT = 350_000
HANZI = range(0x4E00, 0xA000)


def test_the_first_load_with_a_chart_stays_under_the_limit():
    names = set(json.loads((DIST / "manifest.json").read_text()).values())
    names |= {path.name for path in DIST.glob("*.js")}
    sizes = {name: (DIST / f"{name}.gz").stat().st_size for name in names if not name.startswith("icon")}
    assert sum(sizes.values()) <= LIMIT, sizes


def test_every_text_file_lies_compressed_beside_itself():
    for path in [*DIST.glob("*.js"), *DIST.glob("*.css"), *DIST.glob("*.svg")]:
        assert Path(f"{path}.br").stat().st_size < path.stat().st_size


def test_the_web_font_leaves_hanzi_to_the_systems_fonts():
    (sheet,) = DIST.glob("fonts-*.css")
    ranges = re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", sheet.read_text(), re.I)
    covered = [(int(first, 16), int(last or first, 16)) for first, last in ranges]
    assert not [span for span in covered if span[0] in HANZI or span[1] in HANZI]


def test_nothing_is_loaded_from_elsewhere():
    for path in DIST.glob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", path.read_text())
