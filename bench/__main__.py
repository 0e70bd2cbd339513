"""`make bench [ONLY=name]`: run every benchmark of this folder, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    wanted = sys.argv[1:]
    names = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    failed = []
    for name in names:
        if wanted and name not in wanted:
            continue
        print(f"\n== {name}", flush=True)
        if subprocess.run(
            [sys.executable, "-c", f"from bench.{name} import main; main()"], check=False
        ).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
