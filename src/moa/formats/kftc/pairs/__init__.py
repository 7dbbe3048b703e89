"""Two CMS files that belong together: would the centre take them, and what became of each request.

Promises: nothing is guessed. A request that a failures-only result does not name succeeded only if both files are
whole, their counts agree and every result found its request; what can't be told apart is called ambiguous, and what a
faulty file leaves open is called unknown. Debits add up: requested = debited + not debited + undecided, to the won.
Five words: side, answer, match, verdict, outcome.
"""

from .check import check_pair
from .verdict import Outcome, PairFinding, PairVerdict

__all__ = ["Outcome", "PairFinding", "PairVerdict", "check_pair"]
