"""What a token is: as whom it acts, what it may do, until when."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema

from moa.control.access import rights
from moa.control.context import Context
from moa.control.moments import Clock
from moa.control.queries import the_group_of
from moa.entry.api.routes import reads
from moa.entry.api.values import MomentText

router = Router(tags=["token"])


class Me(Schema):
    token: str = Field(description="The readable beginning of the token")
    person: str
    kind: str = Field(description="person or machine")
    group: str
    group_name: str
    time_zone: str
    base_currency: str
    scopes: list[str] = Field(description="What the token was given")
    rights: list[str] = Field(description="What of it its person holds now, somewhere in the group")
    expires_at: MomentText
    requests_per_minute: int


@reads(
    router, "/me", scope="", answer=Me, summary="This token",
    example={
        "token": "moa_Ab3dE6gH", "person": "Moa", "kind": "machine", "group": "HAEON", "group_name": "해온그룹",
        "time_zone": "Asia/Seoul", "base_currency": "KRW", "scopes": ["accounts.view"], "rights": ["accounts.view"],
        "expires_at": "2027-02-20T10:00:00+09:00", "requests_per_minute": 600,
    },
)  # fmt: skip
def read_me(request: HttpRequest, ctx: Context) -> dict[str, Any]:
    group, held = the_group_of(ctx), rights(ctx)
    token = request.auth  # type: ignore[attr-defined]
    return {
        "token": token.prefix, "person": ctx.actor.name, "kind": ctx.actor.kind, "group": group.code,
        "group_name": group.name, "time_zone": group.time_zone, "base_currency": group.base_currency,
        "scopes": sorted(ctx.scopes or ()), "rights": sorted(held.everywhere.union(*held.by_unit.values())),
        "expires_at": Clock(ctx)(token.expires_at), "requests_per_minute": settings.API_REQUESTS_PER_MINUTE,
    }  # fmt: skip
