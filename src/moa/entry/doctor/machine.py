"""Checks of the machine and the files, without the database."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from moa.entry.doctor.findings import Finding, advice, bad, good

LEAST_FREE_BYTES = 2 * 1000**3
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
KOREAN_FONTS = ("cjk", "nanum", "pretendard", "malgun", "batang", "gulim", "sourcehan")
# Before the first there was no Moa; a machine that thinks it is later has lost its clock the other way.
FIRST_YEAR, LAST_YEAR = 2026, 2100


def check_assets() -> Finding:
    from moa.entry.assets import are_current, dist

    if not dist().is_dir():
        return bad("assets", "the style sheets and scripts are not built", "Run python -m moa.entry.assets.")
    if not are_current():
        return bad("assets", "the style sheets are older than the sources", "Run python -m moa.entry.assets.")
    return good("assets", f"built, {len(list(dist().iterdir()))} files")


def check_translations() -> Finding:
    from moa.entry.translations import LANGUAGES, po_path

    missing = [language for language in LANGUAGES if not po_path(language).with_suffix(".mo").exists()]
    if missing:
        return bad(
            "translations", f"not compiled: {', '.join(missing)}", "Run python -m moa.entry.translations."
        )
    return good("translations", ", ".join(LANGUAGES))


def check_fonts() -> Finding:
    """Advice only: pages bring their Korean font along, and Hanzi come from the machine of the reader."""
    return fonts_finding(korean_fonts())


def fonts_finding(found: list[str]) -> Finding:
    if not found:
        mend = "Install one to read Chinese names on this machine (Debian: apt install fonts-noto-cjk)."
        return advice("fonts", "no font of this machine has Hangul and Hanzi", mend)
    return good("fonts", f"{found[0]} and {len(found) - 1} more" if len(found) > 1 else found[0])


def korean_fonts(folders: tuple[str, ...] = FONT_FOLDERS) -> list[str]:
    """Names of fonts that can write Korean: asked of fontconfig, else known by their file names."""
    if shutil.which("fc-list") and folders == FONT_FOLDERS:
        argv = ["fc-list", ":lang=ko", "family"]
        said = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        ).stdout
        return sorted({line.split(",")[0].strip() for line in said.splitlines() if line.strip()})
    files = [file for folder in folders for file in Path(folder).expanduser().rglob("*.[ot]t[fc]")]
    return sorted({file.stem for file in files if any(name in file.name.lower() for name in KOREAN_FONTS)})


def check_disk() -> Finding:
    from moa.entry.database import state_dir

    folder = next(path for path in (state_dir(), *state_dir().parents) if path.exists())
    return disk_finding(folder, shutil.disk_usage(folder).free)


def disk_finding(folder: Path, free: int) -> Finding:
    words = f"{free / 1000**3:.1f} GB free for {folder}"
    if free < LEAST_FREE_BYTES:
        return bad("disk", words, "Free some space, or move the data with MOA_STATE.")
    return good("disk", words)


def check_state_rights() -> Finding:
    """Passwords and keys are for this user only."""
    from moa.entry.database import state_dir

    files = [
        file for name in ("secrets", "keys") for file in (state_dir() / name).glob("*") if file.is_file()
    ]
    open_ones = [file for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if open_ones:
        names = ", ".join(map(str, open_ones))
        return bad(
            "state_rights", f"others may read {names}", f"Run chmod 600 {' '.join(map(str, open_ones))}."
        )
    if not files:
        return bad(
            "state_rights",
            f"no keys in {state_dir()}",
            "Run moa upgrade once, or bring the folder back from a backup.",
        )
    return good("state_rights", f"{len(files)} passwords and keys, only for this user")


def check_clock() -> Finding:
    return clock_finding(datetime.now(UTC))


def clock_finding(at: datetime) -> Finding:
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return bad(
            "clock", f"the machine says {at:%Y-%m-%d %H:%M} UTC", "Set the clock (timedatectl set-ntp true)."
        )
    return good("clock", f"{at:%Y-%m-%d %H:%M} UTC")


MACHINE = [check_assets, check_translations, check_fonts, check_disk, check_state_rights, check_clock]
