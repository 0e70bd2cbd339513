"""The measurement plan: what is known at each touchpoint, what is not, and the cheapest way to know it."""
