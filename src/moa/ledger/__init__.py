"""Double-entry books: chart, vouchers, entries, balances, business days.

Promises: every voucher balances per currency; nothing booked is ever changed or removed; an account's entries are
numbered without a gap and each states the balance after it; a key gives one answer for ever; nobody books alone.
Five words: book, account, voucher, entry, business day.
"""
