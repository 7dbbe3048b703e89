"""What moves on an account, and when: each rhythm is a small value with `lines(desk, day, rng)`.

Five words: desk (the account on its day), rhythm, line, partner, twin (the same line twice, both true).
"""
