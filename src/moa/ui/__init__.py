"""The look: base pages, macros, words' formats and static sources, knowing no context.

Promises: everything a page needs is a macro here; nothing here reads a table. Five words: page, panel, state,
evidence, token (of colour).
"""
