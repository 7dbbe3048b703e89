"""Payment orders: from the form to the bank's statement, each on the decision of two persons.

Promises: money leaves once; what is not proven is unknown, asked about and never sent again; an order is paid or failed
only on evidence; from approval to outcome its amount is set aside in the books.
Five words: order, payee, attempt, evidence, hold.
"""
