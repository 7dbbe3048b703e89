"""The sums of the ageing lead to their items, and each item to its file, record, rule and voucher."""

from __future__ import annotations

import html
import re

from moa.reconciliation.operations.suspend_lines import suspend_lines
from tests.accounts.bank_files import Line
from tests.control.factories import TODAY, make_person, signed_in
from tests.reconciliation.scene import Scene


def test_a_sum_of_the_ageing_adds_up_its_items(scene: Scene) -> None:
    scene.statement(Line(TODAY, 700, "first"), Line(TODAY, 2_300, "second"))
    scene.run()
    suspend_lines(scene.ctx, scene.book)
    client = signed_in(scene.ctx)
    page = client.get(f"/reconciliation/suspense?book={scene.book.code}&day={TODAY}").content.decode()
    where = html.unescape(re.findall(r'href="(/why/suspense[^"]+)"', page)[0])
    assert "bucket=0-1" in where
    panel = client.get(where).content.decode()
    assert "3,000" in panel and "2,300" in panel and "700" in panel
    items = [html.unescape(one) for one in re.findall(r'href="(/why/bank-line[^"]+)"', panel)]
    assert len(items) == 2
    assert all(client.get(one).status_code == 200 for one in items)
    assert client.get(where.replace("0-1", "91%2B")).status_code == 404
    clerk = signed_in(make_person(scene.ctx, roles=["admin"]))
    assert clerk.get(where).status_code == 403
