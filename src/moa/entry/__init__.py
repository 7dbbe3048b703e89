"""The outermost layer: settings, urls, wiring, command line, benches and the embedded PostgreSQL launcher.

Promises: the only place that reads a clock, the environment or the command line. Five words: command, settings,
wiring, launcher, bench.
"""
