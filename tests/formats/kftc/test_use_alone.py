"""The library works by itself: no Django, no database driver, and nothing heavy before it is used."""

from __future__ import annotations

import subprocess
import sys

import moa.formats.kftc

BLOCKED = """
import importlib, pkgutil, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("django", "psycopg", "procrastinate", "moa_world"):
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Absent())
"""
IMPORT_ALL = """
import moa.formats.kftc, moa.formats.fixed_width
for package in (moa.formats.kftc, moa.formats.fixed_width):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
known = {name.split(".")[1] for name in sys.modules if name.startswith("moa.")}
print(sorted(known), sum(name.startswith("moa.formats.kftc.") for name in sys.modules) > 20)
"""
EXPORTS = """
import moa.formats.kftc as kftc
assert "numpy" not in sys.modules
for _ in range(2):  # the second time with all modules loaded
    assert all(callable(getattr(kftc, name)) for name in kftc.__all__)
print("fine")
"""
HEAVY = """
import moa.formats.kftc as kftc
kftc.result_code("0021"), kftc.institution("088"), kftc.kinds()["EB13"]
print([name for name in ("numpy", "PIL", "soundfile", "asn1crypto", "cryptography") if name in sys.modules])
"""


def said(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED + program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_module_loads_where_there_is_no_django() -> None:
    assert said(IMPORT_ALL) == "['formats', 'kernel'] True"


def test_what_it_exports_is_there_and_comes_only_when_asked_for() -> None:
    assert said(EXPORTS) == "fine"


def test_looking_up_a_code_or_a_table_loads_nothing_heavy() -> None:
    assert said(HEAVY) == "[]"


def test_a_name_that_it_has_not_is_refused_as_any_module_would() -> None:
    assert not hasattr(moa.formats.kftc, "surprise")
    assert set(moa.formats.kftc.__all__) <= set(dir(moa.formats.kftc))
