"""The machine's face: `/api/v1` over the same operations and queries as the pages.

One file an area; each route names the right that a token needs (`routes.py`). A token opens a Context (`door.py`),
every refusal is a problem of RFC 9457 (`problems.py`), every write has an Idempotency-Key (`control.idempotency`), every list
goes on from an opaque place (`paging.py`). django-ninja is known in this package only.
"""
