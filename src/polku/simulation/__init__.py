"""A simulated outdoor shop whose truths are known, so that what is estimated from its data can be checked.

Pure: NumPy and Arrow only.
"""

from polku.simulation.simulator import Simulation, simulate
from polku.simulation.truths import WEEKS, Truths

__all__ = ["WEEKS", "Simulation", "Truths", "simulate"]
