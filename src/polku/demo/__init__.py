"""The demo company, Kaamos Retkeily: simulated, and marked so wherever it appears."""

from polku.demo.loading import load_demo

__all__ = ["load_demo"]
