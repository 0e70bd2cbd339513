"""What really changed: every figure against the period before, and the goals people set."""
