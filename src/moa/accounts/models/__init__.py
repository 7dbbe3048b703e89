"""The tables of accounts, by noun."""

from moa.accounts.models.account import BankAccount, CurrentBalance, ImportClock
from moa.accounts.models.file import Conflict, ParkedStatement, StatementFile
from moa.accounts.models.line import BalancePoint, ProvisionalEntry, Statement, Supersession, Transaction
from moa.accounts.models.profile import ColumnProfile
from moa.accounts.models.watch import Watch

__all__ = [
    "BalancePoint",
    "BankAccount",
    "ColumnProfile",
    "Conflict",
    "CurrentBalance",
    "ImportClock",
    "ParkedStatement",
    "ProvisionalEntry",
    "Statement",
    "StatementFile",
    "Supersession",
    "Transaction",
    "Watch",
]
