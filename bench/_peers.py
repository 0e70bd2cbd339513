"""Environments of their own for what benchmarks compare with, built once in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import venv
from pathlib import Path


def python_with(needed: Path) -> Path:
    """The Python of an environment that holds what the requirements file `needed` names.

    Built where it is not there or needs other packages. Raises subprocess.CalledProcessError where they cannot be
    installed.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "polku-bench"
    folder = cache / hashlib.sha256(needed.read_bytes()).hexdigest()[:16]
    python = folder / "bin" / "python"
    if not (folder / "whole").exists():
        print(f"installing what it is compared with into {folder}", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", needed], check=True)
        (folder / "whole").touch()
    return python
