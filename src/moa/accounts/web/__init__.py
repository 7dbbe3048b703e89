"""Pages of accounts, transactions and imports."""
