"""Recognition of files: what they hold, how it is written, and what must be asked before it can be imported."""

from polku.capture.imports.recognition.inspecting import fingerprint_of, inspect

__all__ = ["fingerprint_of", "inspect"]
