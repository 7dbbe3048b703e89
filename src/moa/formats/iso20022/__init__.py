"""ISO 20022 cash management messages: bank statements (camt.053), reports (camt.052), notifications (camt.054).

The context owns the reading of these three messages in their versions .02 to .13 and promises that a file is
streamed, that nothing outside the file is fetched, and that every fault is a finding with its place.
Words: message (one Document), statement (Stmt, Rpt or Ntfctn), entry (Ntry), payment (TxDtls), balance (Bal).
"""
