"""Decisions of the books on plain values: what a voucher is, whether it may be booked, what it is worth."""
