"""The pages of the list of what to fix first."""
