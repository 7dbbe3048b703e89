"""Statement tables of people and banks: CSV, xlsx, xls and HTML tables, read row by row.

Promises: one pass, no file in memory, every fault named with its row, column and value as it stood; a damaged or
hostile workbook never ends the process. Five words: row (numbered as a person sees it), header (the row with the
column names), profile (a bank's column names as data), title (what stands above the header), totals.
"""
