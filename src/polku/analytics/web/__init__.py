"""The overview of a website: one page, filtered by clicking at what it shows."""
