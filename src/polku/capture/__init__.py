"""The front door for signals."""
