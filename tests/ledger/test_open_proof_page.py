"""The auditor takes the proof out of a page, with the script that checks it, and checks it without us."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from moa.control.models import AuditLine
from moa.ledger.models import Seal
from tests.control.factories import TODAY, make_person, signed_in
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import check, close, export

FILE = {"book": "SC", "first": str(TODAY), "last": str(TODAY)}


@pytest.fixture
def closed(journal: Journal) -> Journal:
    journal.post(*(voucher(f"{n}", "bank", "a", 1000 + n, memo="한글 적요") for n in range(900)))
    close(journal)
    return journal


@pytest.fixture
def auditor(closed: Journal) -> Client:
    return signed_in(make_person(closed.machine, roles=["auditor"], name="감사인"))


def test_what_is_downloaded_holds_and_is_what_the_command_writes(
    auditor: Client, closed: Journal, tmp_path: Path
) -> None:
    answer = auditor.post("/books/proof", FILE)
    assert answer["Content-Disposition"] == f'attachment; filename="SC-{TODAY}-{TODAY}.proof"'
    (tmp_path / "F").write_bytes(answer.getvalue())
    with closed.ctx.open():
        seal = Seal.objects.get()
        said = AuditLine.objects.get(code="ledger.proof.exported")
    assert (said.actor_name, said.after["seal"]) == ("감사인", seal.hex)
    verdict = check(tmp_path / "F", f"{TODAY}={seal.hex}")
    assert verdict.holds and "900 vouchers" in verdict.said
    assert export(closed, tmp_path / "G", TODAY, TODAY).read_bytes() == (tmp_path / "F").read_bytes()


def test_the_script_that_is_handed_out_is_the_one_that_checks(auditor: Client, tmp_path: Path) -> None:
    page = auditor.get("/books/proof").content.decode()
    assert "/books/proof/verify_proof.py" in page and "--seal" in page and page.count(str(TODAY)) > 1
    (tmp_path / "verify_proof.py").write_bytes(auditor.get("/books/proof/verify_proof.py").content)
    (tmp_path / "F").write_bytes(auditor.post("/books/proof", FILE).getvalue())
    done = subprocess.run([sys.executable, "-I", "verify_proof.py", "F"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stdout
    assert auditor.get("/books/proof/format.md").content.decode().startswith("# The proof file")
    for other in ("adr", "..%2Ferrors.md", "format.mdx"):
        assert auditor.get(f"/books/proof/{other}").status_code == 404


def test_a_day_that_is_open_or_unclear_is_refused_on_the_page(auditor: Client) -> None:
    early = auditor.post("/books/proof", FILE | {"last": "2026-11-23"})
    assert early.status_code == 409 and "마감" in early.content.decode()
    unclear = auditor.post("/books/proof", FILE | {"first": "2026-02-30"})
    assert unclear.status_code == 422 and 'value="2026-02-30"' in unclear.content.decode()


def test_a_book_without_a_closing_says_so_and_a_clerk_or_a_stranger_gets_nothing(journal: Journal) -> None:
    auditor = make_person(journal.machine, roles=["auditor"])
    assert "아직 마감한 영업일이 없습니다." in signed_in(auditor).get("/books/proof").content.decode()
    clerk = signed_in(make_person(journal.machine, roles=["clerk"]))
    assert clerk.get("/books/proof").status_code == clerk.post("/books/proof", FILE).status_code == 403
    stranger = signed_in(make_person(make_journal().machine, roles=["auditor"]))
    assert "SC" in stranger.get("/books/proof?book=SC").content.decode()
    assert stranger.post("/books/proof", FILE).status_code == 409
