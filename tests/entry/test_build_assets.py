"""The style sheets are built once per state of their sources, and a build that fails leaves the former one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from moa.entry import assets
from moa.entry.assets import AssetsError

ROOT = assets.checkout()


@pytest.fixture
def copied(tmp_path, monkeypatch) -> Path:
    """The sources of the pages in a folder of their own, with the packages that are installed already."""
    assets.ensure_built(lambda words: None)
    (tmp_path / "assets").mkdir()
    for name in ("package.json", "package-lock.json", "build.mjs"):
        shutil.copy(ROOT / "assets" / name, tmp_path / "assets")
    (tmp_path / "assets" / "node_modules").symlink_to(ROOT / "assets" / "node_modules")
    shutil.copytree(
        ROOT / "src" / "moa" / "ui", tmp_path / "src" / "moa" / "ui", ignore=shutil.ignore_patterns("dist")
    )
    monkeypatch.setattr(assets, "checkout", lambda: tmp_path)
    monkeypatch.setattr(assets, "dist", lambda: tmp_path / "src" / "moa" / "ui" / "static" / "dist")
    return tmp_path


def test_it_builds_once_and_again_after_a_change(copied):
    said: list[str] = []
    assert not assets.are_current()
    assets.ensure_built(said.append)
    assert assets.are_current()
    assets.ensure_built(said.append)
    assert len(said) == 1
    source = next((copied / "src" / "moa" / "ui" / "sources").rglob("*.css"))
    source.write_text(source.read_text() + "\n.added { color: red }\n")
    assert not assets.are_current()
    assets.ensure_built(said.append)
    assert len(said) == 2


def test_a_build_that_fails_is_one_sentence_and_leaves_the_former_files(copied):
    assets.ensure_built(lambda words: None)
    before = sorted(path.name for path in assets.dist().iterdir())
    (copied / "assets" / "build.mjs").write_text("throw new Error('the sheet is spoilt')")
    with pytest.raises(AssetsError) as caught:
        assets.ensure_built(lambda words: None)
    assert caught.value.code == "assets.build_failed"
    assert "\n" not in caught.value.sentence
    assert sorted(path.name for path in assets.dist().iterdir()) == before


def test_without_node_and_without_a_way_to_get_it_the_sentence_says_so(copied, monkeypatch):
    monkeypatch.setenv("PATH", os.fspath(copied))
    # An interpreter without Node.js beside it, as before the first build on a machine that has none.
    (copied / "python").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", os.fspath(copied / "python"))
    # No list of what to install: as if the registry could not be reached.
    with pytest.raises(AssetsError) as caught:
        assets.ensure_built(lambda words: None)
    assert caught.value.code == "assets.no_node"


def test_an_installation_without_sources_needs_the_built_files_only(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "checkout", lambda: tmp_path)
    monkeypatch.setattr(assets, "dist", lambda: tmp_path / "dist")
    assert not assets.are_current()
    (tmp_path / "dist").mkdir()
    assert assets.are_current()
