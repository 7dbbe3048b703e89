"""What upper contexts provide to lower ones, in one list. A test prints what is registered."""

from __future__ import annotations

from importlib import import_module

# Rights are data: importing these declares them, and the standard roles that hold them.
PERMISSIONS = (
    "moa.control.permissions",
    "moa.directory.permissions",
    "moa.accounts.permissions",
    "moa.reports.permissions",
)
# Importing these registers the work of jobs by name.
JOBS = ("moa.control.jobs", "moa.accounts.jobs")


def connect() -> None:
    """Register every provider; called once when Django is ready."""
    for module in (*PERMISSIONS, *JOBS):
        import_module(module)
