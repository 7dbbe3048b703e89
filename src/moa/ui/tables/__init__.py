"""Lists as one mechanism: what a list is, its conditions in the address, its SQL and its cells. No database here.

Promises: every list filters, sorts, pages, sums and exports alike; whatever stands in an address opens a page; whatever
stands in a row is text. Five words: table (the declaration), column, condition (a word of the filter), place (where a page
begins), total (per currency, of the whole filter). `docs/tables.md` says how to declare one.
"""
