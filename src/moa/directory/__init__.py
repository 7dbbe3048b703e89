"""What all contexts look up: banks and their codes, currencies and rates, business calendars.

Promises: a rate or a calendar day says who entered it and when; shipped data is filled, the user's overrides win.
Five words: bank, institution code, exchange rate, calendar, override.
"""
