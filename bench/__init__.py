"""Benchmarks: each prints what was measured beside what was promised, and the ratio of the two."""
