"""SWIFT MT statement files: MT940 (booked, with balances) and MT942 (provisional, with totals).

Words: *message* (one statement), *field* (a tag and its lines), *statement line* (:61:), *narrative* (:86:),
*page* (a message that continues the one before it, :60M: and :62M:).
"""
