"""`python -m infra.layers`: builds the layers deps and onnx in build/layers, for the machine that Lambda is.

The packages are those of requirements/run.txt, with their hashes, as wheels for the deployed Python on 64-bit ARM.
The layer `models` needs no building. Needs a package index; everything else of the deployment works offline.
"""

import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "layers"
LOCK, ROOTS = ROOT / "requirements" / "run.txt", ROOT / "requirements" / "run.in"
SCORING = frozenset({"numpy", "onnxruntime"})  # with what only they need, the layer onnx
PYTHON = "3.13"
# Each by name: pip does not conclude from a newer platform that it may take an older one's wheels.
PLATFORMS = [f"manylinux{version}_aarch64" for version in ("_2_28", "_2_27", "_2_26", "_2_17", "2014")]
LAMBDA = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "aarch64",
}
MOST_BYTES = 250 * 1024 * 1024


def main() -> int:
    """Build both layers; together with code and models they must fit Lambda's 250 MB."""
    locked = locked_packages(LOCK.read_text())
    onnx = only_for_scoring(set(locked))
    sizes = {"deps": build("deps", locked, set(locked) - onnx), "onnx": build("onnx", locked, onnx)}
    for name, size in sizes.items():
        print(f"build/layers/{name}: {size / 1e6:.0f} MB unpacked")
    return int(sum(sizes.values()) > MOST_BYTES)


def locked_packages(lock: str) -> dict[str, str]:
    """Name to pin and hashes, of the entries of a lock file that are meant for the deployed Python."""
    entries = re.finditer(
        r"^(?P<name>[a-z0-9][\w.-]*)==(?P<version>[^\s;]+)(?P<marker>[^\\\n]*)(?P<hashes>(?:\\\n[^\\\n]*)+)", lock, re.M
    )
    return {
        entry["name"]: f"{entry['name']}=={entry['version']} {entry['hashes']}"
        for entry in entries
        if _is_meant(entry["marker"].strip("; \\"))
    }


def _is_meant(marker: str) -> bool:
    """pip would ask the marker of the Python it runs on, which is another one."""
    return not marker or Marker(marker).evaluate(LAMBDA)


def only_for_scoring(locked: set[str]) -> set[str]:
    """numpy, onnxruntime, and what nothing else of run.in needs."""
    wanted = {name for line in ROOTS.read_text().splitlines() if (name := _name(line))}
    return closure(SCORING, locked) - closure(wanted - SCORING, locked)


def closure(names: frozenset[str] | set[str], locked: set[str]) -> set[str]:
    """The packages and all they need, of those in the lock file."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (_needs(name) & locked) - found
    return found


def build(layer: str, locked: dict[str, str], names: set[str]) -> int:
    """Install the packages in python/ of the layer's folder, compiled; the size in bytes."""
    folder = TARGET / layer
    shutil.rmtree(folder, ignore_errors=True)
    with TemporaryDirectory() as scratch:
        wanted = Path(scratch, "requirements.txt")
        wanted.write_text("".join(f"{locked[name]}\n" for name in sorted(names)))
        _install(wanted, folder / "python")
    for left_over in (*folder.rglob("tests"), *folder.rglob("__pycache__")):
        shutil.rmtree(left_over, ignore_errors=True)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _install(wanted: Path, target: Path) -> None:
    """`--ignore-requires-python`, because pip compares with the Python it runs on; the lock file has chosen already."""
    platforms = [part for platform in PLATFORMS for part in ("--platform", platform)]
    options = [
        "--no-deps",
        "--require-hashes",
        "--ignore-requires-python",
        "--only-binary=:all:",
        "--no-compile",
        "--quiet",
        "--no-input",
    ]
    command = [sys.executable, "-m", "pip", "install", *options, *platforms, "--implementation", "cp"]
    subprocess.run([*command, "--python-version", PYTHON, "--target", str(target), "-r", str(wanted)], check=True)


def _needs(name: str) -> set[str]:
    try:
        return {_name(line) for line in requires(name) or () if "extra ==" not in line}
    except PackageNotFoundError:
        return set()


def _name(line: str) -> str:
    found = re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)
    return re.sub(r"[-_.]+", "-", found.group(1)).lower() if found else ""


if __name__ == "__main__":
    sys.exit(main())
