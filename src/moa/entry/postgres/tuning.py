"""The server's own settings: sized to the machine, durable unless the data may be thrown away."""

from __future__ import annotations

import os
from pathlib import Path

MEBIBYTE = 1024 * 1024
# Parallel queries keep their shared memory in /dev/shm, which small containers limit to 64 MB.
ENOUGH_SHARED_MEMORY = 512 * MEBIBYTE


def server_settings(*, socket_folder: Path, port: int, tcp: bool, durable: bool) -> dict[str, str]:
    """What moa.conf says; read anew at every start, so a changed machine or folder is followed."""
    memory = _memory_mebibytes()
    settings = {
        "listen_addresses": "127.0.0.1" if tcp else "",
        "port": str(port),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": f"{max(64, min(memory // 4, 512))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "maintenance_work_mem": f"{max(64, min(memory // 16, 512))}MB",
        "work_mem": "16MB",
        # Statement lines are staged in a temporary table.
        "temp_buffers": "64MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        # Monthly partitions of several tables are locked together by one statement over all months.
        "max_locks_per_transaction": "512",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_min_messages": "warning",
        "log_line_prefix": "%m [%p] ",
        # A refused statement and the detail of its refusal hold whole rows, names and account numbers; what was refused is in our log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if not _shared_memory_suffices():
        settings["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        settings |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            # The log may lie in memory.
            "max_wal_size": "512MB",
        }
    return settings


def as_conf(settings: dict[str, str]) -> str:
    quoted = {name: value.replace("'", "''") for name, value in settings.items()}
    lines = [f"{name} = '{value}'" for name, value in quoted.items()]
    return "\n".join(["# Written by Moa at every start; changes here are lost.", *lines, ""])


def _memory_mebibytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE


def _shared_memory_suffices() -> bool:
    try:
        facts = os.statvfs("/dev/shm")
    except OSError:
        return False
    return facts.f_frsize * facts.f_blocks >= ENOUGH_SHARED_MEMORY
