"""Actions, and the proof of their effect."""
