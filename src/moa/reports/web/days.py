"""The days that a page of reports can be asked about."""

from datetime import date

# Nothing was kept before, and the days before the first of a calendar cannot be reckoned with.
EARLIEST_DAY = date(2000, 1, 1)
