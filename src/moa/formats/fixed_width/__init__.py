"""Files of fixed-width records: one table a record, and from it reading, writing, checks, documentation and tests.

Promises: bytes are cut before they are decoded; a table with a gap, an overlap or a wrong total cannot be made; what
does not fit is refused, never cut. Knows no bank and no file kind; those give the tables and the codes.
Five words: field, layout, fault, finding, chunk.
"""
