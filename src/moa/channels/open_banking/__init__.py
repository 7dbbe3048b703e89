"""Open banking: a bank's HTTP interface with a token, in the field names of Korea's open banking. Source: kftc.md §6.1."""
