"""Benches: each measures one figure beside its reference, in one run on the same machine and data."""
