"""Workbooks of Excel 97 and before, and every workbook behind a password: streams in a compound file.

Promises: a damaged file is refused with its reason and never ends the process; a password is used, never kept.
"""
