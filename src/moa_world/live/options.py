"""The options of `python -m moa_world live`, apart from what they start, which takes longer to import."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any


def add_live(commands: Any) -> None:
    """Its options, on the parser of the package."""
    live_ = commands.add_parser("live", help="banks that speak firm banking, until Ctrl-C")
    live_.add_argument("--out", type=Path, required=True, help="folder of the log and the statements")
    live_.add_argument("--seed", type=int, default=7)
    live_.add_argument(
        "--start",
        type=datetime.fromisoformat,
        required=True,
        help="the first moment, or the one to go on at: YYYY-MM-DDTHH:MM, Korean time",
    )
    live_.add_argument("--speed", type=int, default=1, help="virtual seconds a second; 0: only when stepped")
    live_.add_argument(
        "--port",
        type=int,
        default=0,
        help="of the control API; the banks take the ports after it; 0: those of the run before, or any",
    )
    live_.add_argument("--balances", type=Path, help="JSON of account numbers and won, to begin with")
    live_.add_argument("--renew", action="store_true", help="begin anew when the log can't be played again")
    live_.add_argument("--quiet", action="store_true", help="do not print where it is to be found")
    live_.add_argument("--fresh", action="store_true", help="forget the run that the folder holds")
    live_.add_argument("--replay", action="store_true", help="play the log again, compare, and end")
