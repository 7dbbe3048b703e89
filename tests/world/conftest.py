"""One demo world for all tests here, made and read once."""

from __future__ import annotations

import pytest

from tests.world.plain_readers import Told, read
from tests.world.worlds import Made, make


@pytest.fixture(scope="session")
def made() -> Made:
    return make()


@pytest.fixture(scope="session")
def told(made) -> dict[str, list[Told]]:
    """What each sound file says, by its path."""
    return {
        file["path"]: read(file, made.contents[file["path"]])
        for file in made.manifest["files"]
        if file["kind"] != "bad"
    }
