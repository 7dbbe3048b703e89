"""From bank line to voucher: every line of a linked bank account comes into the books, or is listed with its reason.

Promises: a line is booked once; every automatic voucher names its line and its rule; what nobody knows at business end
stands in suspense the same day; bank and ledger are equal, or differ by what is listed, to the last unit.
Five words: link, rule, bank line, suspense item, difference.
"""
