"""Get the packages of a file of labels from PyPI and unpack them, as ``accuracy.py`` reads them.

    python benchmarks/fetch_packages.py LABELS FOLDER

Each lies in ``FOLDER/NAME-VERSION/`` afterwards; what is there already is kept. Nothing is
installed, but pip runs the build backend of a source package for its metadata.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path


def main() -> None:
    """Fetch what is missing; exit with 1 where something could not be had."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    labels = [json.loads(line) for line in arguments.labels.read_text().splitlines() if line]
    packages = sorted({(d["package"], d["version"], d["artifact"]) for d in labels})
    missing = []
    for name, version, kind in packages:
        target = arguments.folder / f"{name}-{version}"
        if not target.exists() and not fetch(name, version, kind, target):
            missing.append(target.name)
    print(f"{len(packages) - len(missing)} of {len(packages)} packages are in {arguments.folder}")
    if missing:
        sys.exit(f"not to be had: {', '.join(missing)}")


def fetch(name: str, version: str, kind: str, target: Path) -> bool:
    """Download one artifact and unpack it; False where that fails. Half a folder is never left."""
    chosen = ["--no-binary", name] if kind == "sdist" else ["--only-binary", ":all:"]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *chosen]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        got = Path(scratch, "got")
        command += ["--ignore-requires-python", "-d", str(got), f"{name}=={version}"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return False
        unpacked = Path(scratch, "unpacked")
        for archive in got.iterdir():
            if archive.name.endswith((".tar.gz", ".tar.bz2")):
                with tarfile.open(archive) as packed:
                    packed.extractall(unpacked, filter="data")
            else:
                with zipfile.ZipFile(archive) as packed_zip:
                    packed_zip.extractall(unpacked)
        unpacked.rename(target)
    return True


if __name__ == "__main__":
    main()
