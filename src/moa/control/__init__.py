"""Shared mechanisms with tables: who acts, for which group, with what right, and the lasting record of it.

Promises: one group never sees another's rows; every operation runs in a Context, inside one transaction, and
leaves an audit line there. Five words: context, unit, person, assignment, audit line.
"""
