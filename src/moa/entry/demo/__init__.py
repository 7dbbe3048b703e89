"""The demo group: made from the files of the simulated world, through the ordinary operations."""
