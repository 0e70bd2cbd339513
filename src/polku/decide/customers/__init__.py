"""What customers are worth, and who is leaving."""
