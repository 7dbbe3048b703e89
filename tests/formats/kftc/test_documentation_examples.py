"""What docs/kftc/README.md shows is what happens: its ten lines run, its commands print what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[3] / "docs" / "kftc" / "README.md"
TEXT = README.read_text(encoding="utf-8")
WITHOUT_DJANGO = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("django", "psycopg", "procrastinate"):
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Absent())
"""


def blocks(kind: str) -> list[tuple[str, str]]:
    """Each block of this kind with the word that follows it (a file's name), in order."""
    return re.findall(rf"^```{kind} ?([\w.]*)\n(.*?)^```$", TEXT, re.M | re.S)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LANG": "en_US.UTF-8", "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"}
    for name in ("LC_ALL", "LC_MESSAGES"):
        environment.pop(name, None)
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )


def test_the_ten_lines_run_without_django(tmp_path: Path) -> None:
    [(_, lines)] = blocks("python")
    assert len(lines.splitlines()) <= 10
    done = run(tmp_path, sys.executable, "-c", WITHOUT_DJANGO + lines)
    assert done.stdout.decode() == "EB21 2026-07-16 50000 []\n"


def test_the_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    for name, table in blocks("csv"):
        (tmp_path / (name or "rows.csv")).write_text(table, encoding="utf-8")
    shown = "".join(text for _, text in blocks("console"))
    steps = re.findall(r"^\$ moa (.*)\n((?:(?!\$ ).*\n)*)", shown, re.M)
    assert len(steps) >= 6
    moa = str(Path(sys.executable).parent / "moa")
    for words, expected in steps:
        done = run(tmp_path, moa, *shlex.split(words))
        assert done.stdout.decode() == expected, words


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([\w./]+)\)", TEXT))))
def test_every_link_of_the_page_leads_somewhere(link: str) -> None:
    assert (README.parent / link).exists()
