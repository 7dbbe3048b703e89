"""`moa simulate payments`: our own operations against the simulated banks, killed in their windows, with faults by chance."""
