"""Pure values that every part speaks: money, rates, dates, calendars, lifecycles, errors.

Promises: no Django, no clock, no float, no input or output. Five words: amount (integer minor units),
period (half-open), business day, move (a lifecycle step), problem (a finding with code, place and value).
"""
