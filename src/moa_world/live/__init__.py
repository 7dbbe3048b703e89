"""The world in a box: banks that hold accounts, speak firm banking, keep days, and fail as they are told to.

Everything that happens is an event with its moment, applied to `World` in order; the same seed and the same events give
the same answers and the same log, so a run can be played again. Only `serving` knows sockets, only it reads a clock.
Five words: event, effect, desk, fault, step.
"""
