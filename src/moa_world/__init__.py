"""The simulated outside of a treasury: banks and their files. Imports moa.formats and moa.kernel only.

Nothing in moa imports this package; commands that need it start `python -m moa_world` as a process.
Five words: book (an account's true history), rhythm (what moves and when), desk, parcel (one file to be), manifest.
"""
