"""Imports of files: `stage` reads and understands them anywhere, `load` puts them into the store of this process."""

from polku.capture.imports.loading import load
from polku.capture.imports.mapping import Reading
from polku.capture.imports.options import ImportKind, ImportOptions, parse_scale
from polku.capture.imports.parts import Sample, parts_of, sample_of
from polku.capture.imports.problems import ImportProblem, WrongUsage
from polku.capture.imports.staged import Staged
from polku.capture.imports.staging import stage
from polku.capture.imports.workplace import staging_folder

__all__ = [
    "ImportKind",
    "ImportOptions",
    "ImportProblem",
    "Reading",
    "Sample",
    "Staged",
    "WrongUsage",
    "load",
    "parse_scale",
    "parts_of",
    "sample_of",
    "stage",
    "staging_folder",
]
