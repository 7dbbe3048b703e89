"""`python -m moa.entry …` is the command `moa`, for child processes that must run with this very interpreter."""

from moa.entry.cli import main

main()
