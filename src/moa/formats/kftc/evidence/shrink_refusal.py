"""Why a picture is not made smaller."""

from __future__ import annotations

from moa.kernel.errors import DomainError


class CannotShrink(DomainError):
    """No smaller picture would still be readable, or there is no picture. The code and its facts say which."""

    code = "evidence_cannot_shrink"
