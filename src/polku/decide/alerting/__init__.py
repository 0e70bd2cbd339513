"""Watching figures, and telling when one really changed."""
