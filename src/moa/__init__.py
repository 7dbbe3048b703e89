"""Moa (모아): one system for all of a group's money.

The tree and the order of imports are in docs/architecture.md; each package's docstring says what it owns.
"""

__version__ = "0.1.0"
