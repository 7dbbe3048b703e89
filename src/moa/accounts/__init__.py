"""Bank accounts and what banks say of them: files, statements, transactions, balances.

Promises: the raw file is stored before it is understood; a file imported twice changes nothing; a stored line is
never edited or removed; a contradiction waits for a person. Five words: account, file, statement, line, balance point.
"""
