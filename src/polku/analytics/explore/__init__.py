"""Pages that ask questions: one frame for all kinds, one module for each (see pages.py)."""
