"""The header words of downloads in English, per field. Within a field the first word wins over later ones.

Debit and credit are the bank's: the bank debits the customer's account when money leaves it.
"""

from __future__ import annotations

ENGLISH_WORDS: dict[str, tuple[str, ...]] = {
    "date": ("Transaction Date", "Booking Date", "Posting Date", "Trans Date", "Date", "Date/Time", "Transaction Time"),
    "time": ("Time", "Transaction Time"),
    "value_date": ("Value Date", "Valuta"),
    "withdrawal": ("Withdrawal", "Withdrawals", "Withdrawal Amount", "Debit", "Debit Amount", "Paid Out", "Money Out"),
    "deposit": ("Deposit", "Deposits", "Deposit Amount", "Credit", "Credit Amount", "Paid In", "Money In"),
    "amount": ("Transaction Amount", "Amount"),
    "side": ("Debit/Credit", "Dr/Cr", "Cr/Dr", "D/C", "C/D", "DC"),
    "kind": ("Type", "Transaction Type"),
    "balance": ("Balance", "Running Balance", "Balance After", "Account Balance"),
    "summary": ("Description", "Details", "Narrative", "Particulars", "Transaction Details"),
    "memo": ("Memo", "Remarks", "Remark", "Note", "Notes"),
    "branch": ("Branch", "Office"),
    "counterparty": ("Counterparty", "Counterparty Name", "Payee", "Payer", "Beneficiary", "Beneficiary/Remitter", "Name"),
    "counterparty_account": ("Counterparty Account", "Counterparty Account Number", "Beneficiary Account"),
    "counterparty_bank": ("Counterparty Bank", "Beneficiary Bank"),
    "currency": ("Currency", "Ccy", "Currency Code"),
    "own_account": ("Account Number", "Account No", "Account No.", "Account"),
    "own_holder": ("Account Name", "Account Holder"),
    "reference": ("Reference", "Reference Number", "Ref", "Ref.", "Your Reference"),
    "bank_reference": ("Bank Reference", "Transaction ID", "Transaction Number"),
    "sequence": ("No", "No.", "#", "Seq", "Sequence"),
    "identity": ("Resident Registration Number", "ID Number", "Passport Number"),
}  # fmt: skip
