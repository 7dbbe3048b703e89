"""Sheets of the books: what subjects and accounts came to over any days, as known at any moment, and the vouchers under it.

Promises: closings already set down are read, not counted again; the same question as known at a moment gets the same
figures for ever; every sheet's totals are those of the trial balance. Five words: sheet, column, row, asked, turnover.
"""
