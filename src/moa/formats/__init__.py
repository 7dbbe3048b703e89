"""Readers and writers of outside formats, as streams of plain values.

Promises: no Django, no database, no network; no reader holds a file in memory; a file that a person must mend
reports all its problems. Five words: reader, event, entry, problem, profile (a named description of columns).
"""
