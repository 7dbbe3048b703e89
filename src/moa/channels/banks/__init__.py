"""What is particular about each bank, one folder a bank. Source: docs/world.md for the simulated ones; contracts for real ones."""
