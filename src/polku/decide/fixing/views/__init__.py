"""Pages and posts of the list of what to fix first."""
