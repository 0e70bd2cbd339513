"""The four questions about money that every euro follows from."""
