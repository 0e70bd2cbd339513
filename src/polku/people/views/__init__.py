"""Pages of customers, of how their data joins, and of segments."""
