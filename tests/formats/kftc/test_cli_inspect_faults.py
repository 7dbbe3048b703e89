"""`moa kftc inspect`: every fault of the specification in turn, on files that have no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.kftc.command_line import moa
from tests.formats.kftc.oracle import files
from tests.formats.kftc.oracle.mutations import mutations
from tests.formats.kftc.oracle.verdict import disagreements


@pytest.mark.parametrize("kind", files.KINDS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_reports_each_fault_once(
    kind: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, wrong = tmp_path / "file", []
    for mutation in mutations(kind, seed):
        path.write_bytes(mutation.content)
        said = moa(capsys, "inspect", path, "--json")
        sentences = disagreements(mutation, said.reported)
        if said.code != bool(said.json["errors"]):
            sentences.append(f"ends with {said.code}")
        wrong += [f"{mutation.name}: {sentence}" for sentence in sentences]
    assert wrong == []
