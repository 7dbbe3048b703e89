"""What must also hold before real money is looked at: no demo, nothing simulated, nothing meant for developers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from moa.entry.doctor.exposure import EXPOSURE
from moa.entry.doctor.findings import Finding, advice, bad, good
from moa.entry.doctor.stores import ask

SHORTEST_SECRET = 50
FEWEST_LETTERS = 10
THIS_MACHINE = {"127.0.0.1", "localhost", "[::1]"}


def check_no_demo_users() -> Finding:
    found = [login for (login,) in ask("select login from control_identity where is_demo order by 1")]
    if found:
        return bad("no_demo_users", f"{len(found)} demo logins, such as {found[0]}", "Run moa demo remove.")
    return good("no_demo_users", "none")


def check_no_demo_group() -> Finding:
    found = [code for (code,) in ask("select code from control_group where is_demo order by 1")]
    if found:
        return bad("no_demo_group", f"demo groups: {', '.join(found)}", "Run moa demo remove.")
    return good("no_demo_group", "none")


def check_no_simulated_bank() -> Finding:
    if os.environ.get("MOA_WORLD"):
        return bad("no_simulated_bank", "MOA_WORLD leads to simulated banks", "Unset MOA_WORLD.")
    ((count,),) = ask("select count(*) from accounts_bankaccount where is_simulated")
    if count:
        return bad("no_simulated_bank", f"{count} accounts at simulated banks", "Run moa demo remove.")
    return good("no_simulated_bank", "none")


def check_no_debugging() -> Finding:
    from django.conf import settings

    if settings.DEBUG:
        return bad(
            "no_debugging", "errors show the program's inside to every visitor", "Unset MOA_DEBUG_PAGES."
        )
    return good("no_debugging", "off")


def check_secret() -> Finding:
    from django.conf import settings

    return secret_finding(settings.SECRET_KEY)


def secret_finding(secret: str) -> Finding:
    if (
        len(secret) < SHORTEST_SECRET
        or len(set(secret)) < FEWEST_LETTERS
        or secret.startswith("django-insecure")
    ):
        mend = "Unset MOA_SECRET_KEY, so that Moa makes a random one, or give a random one of 50 letters or more."
        return bad("secret", "the secret that signs the sessions can be guessed", mend)
    return good("secret", f"{len(secret)} letters")


def check_hosts() -> Finding:
    from django.conf import settings

    if "*" in settings.ALLOWED_HOSTS:
        return bad("hosts", "every host name is answered", "Name the real ones in MOA_HOSTS.")
    if not set(settings.ALLOWED_HOSTS) - THIS_MACHINE:
        return advice(
            "hosts", "only this machine is answered", "Name the host that persons type in MOA_HOSTS."
        )
    return good("hosts", ", ".join(settings.ALLOWED_HOSTS))


def check_encrypted_connection() -> Finding:
    from django.conf import settings

    if settings.SESSION_COOKIE_SECURE:
        return good("encrypted_connection", "session cookies are sent over TLS only")
    strangers = set(settings.ALLOWED_HOSTS) - THIS_MACHINE
    if strangers:
        words = f"sessions travel unencrypted to {', '.join(sorted(strangers))}"
        return bad("encrypted_connection", words, "Put a TLS proxy in front and set MOA_TLS=1.")
    return good("encrypted_connection", "served to this machine only")


def check_durable_commits() -> Finding:
    ((fsync, pages, commit),) = ask(
        "select current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')"
    )
    if fsync == "off" or pages == "off" or commit == "off":
        words = f"fsync {fsync}, full_page_writes {pages}, synchronous_commit {commit}"
        return bad("durable_commits", words, "Switch all three on: a power cut may lose committed money.")
    return good("durable_commits", "committed rows survive a power cut")


def check_code_rights() -> Finding:
    return code_finding(Path(__file__).resolve().parents[1], lambda path: os.access(path, os.W_OK))


def code_finding(package: Path, may_write: Callable[[Path], bool]) -> Finding:
    """Whoever breaks into the service must not be able to leave something in its code; a folder above is the code too."""
    if os.getuid() == 0:
        return advice("code_rights", "root runs this command", "Run it as the user of the service.")
    open_ones = [path for path in (package, *package.parents) if may_write(path)]
    if open_ones:
        words = f"the service may change its own code, through {open_ones[-1]}"
        return advice("code_rights", words, f"Let root own it: chown root {open_ones[-1]}.")
    return good("code_rights", "not to be changed by the service")


PRODUCTION = [
    check_no_demo_users,
    check_no_demo_group,
    check_no_simulated_bank,
    check_no_debugging,
    check_secret,
    check_hosts,
    check_encrypted_connection,
    check_durable_commits,
    check_code_rights,
    *EXPOSURE,
]
