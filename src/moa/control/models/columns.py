"""Columns that every context's tables share."""

from __future__ import annotations

from typing import Any

from django.db import models


def group_reference(target: str, **options: Any) -> Any:
    """A reference inside the group: its constraint (group_id, column) is made by `rowsecurity.group_reference`.

    `target` is "Model" in the same app or "app.Model". Deleting is left to the database, which refuses.
    """
    options.setdefault("related_name", "+")
    return models.ForeignKey(
        target,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        **options,
    )
