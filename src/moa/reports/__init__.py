"""Read-only answers over all contexts: the position and its curve.

Promises: every grouping sums the same leaves, so all totals agree; a missing figure is shown as missing.
Five words: position, leaf, base currency, staleness, known-at.
"""
