"""The checks of `moa doctor`: what an installation needs, what it found, and how to mend it.

Promises: a check never raises, changes nothing, and says in one line what to do. Five words: check, finding, mend,
machine, production.
"""
