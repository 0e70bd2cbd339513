"""Builds the front end and the translations into the package.

Editable installs build nothing; where the built files are there and the sources are not (a source archive that
was unpacked without `frontend/`), they are used; else Node is needed, and its absence is said in one sentence.
"""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("src/polku/site/static/polku/built")
FILES = (
    "manifest.json",
    "tracker/polku.js",
    "tracker/polku-vitals.js",
    "widget/polku-surveys.js",
    "tablet/tablet.js",
)


class PolkuBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        root = Path(self.root)
        if version == "editable" or os.environ.get("POLKU_SKIP_FRONTEND") == "1":
            return
        translations(root / "src/polku").compile_catalogues(root / "src/polku")
        is_built = all((root / BUILT / name).exists() for name in FILES)
        frontend = root / "frontend"
        if not (frontend / "package.json").exists():
            if not is_built:
                raise RuntimeError(
                    "Neither frontend/ nor its built files are here: this source tree is not whole."
                )
            return
        npm = shutil.which("npm")
        if npm is None:
            if is_built:
                return
            raise RuntimeError(
                "Building Polku's wheel needs Node.js 20 or newer (npm was not found on PATH)."
            )
        subprocess.run([npm, "ci", "--no-fund", "--no-audit", "--loglevel=error"], cwd=frontend, check=True)
        subprocess.run([npm, "run", "--silent", "build"], cwd=frontend, check=True)


def translations(package):
    """The package's own compiler of catalogues, loaded by path: the package itself is not installed yet."""
    spec = importlib.util.spec_from_file_location("translations", package / "site/translations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
