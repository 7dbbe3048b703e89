"""The embedded PostgreSQL: find binaries, make a cluster, start and stop its server.

Promises: pure Python without Django; works as root (the server then runs as the system user `moa-postgres`) and as
a plain user; every failure is a LauncherError of one sentence. Five words: binaries, account, cluster, server, state.
"""
