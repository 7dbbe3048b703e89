"""Workbooks of Excel 2007 and later: a zip of XML parts, read in pieces.

Promises: nothing is unpacked beyond the size that was checked, memory does not grow with the sheet, numbers stay
exact, and what one part says about another (counts, indexes, references) is never believed.
"""
