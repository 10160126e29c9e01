"""Where and with what was measured."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from infra.local.deployment import ROOT

PACKAGES = (
    "fastapi", "starlette", "mangum", "pydantic", "uvicorn", "botocore", "moto", "onnxruntime", "numpy",
    "scikit-learn", "xgboost-cpu",
)  # fmt: skip


def description(began: datetime, seconds: float, command: str) -> list[str]:
    """Lines about the machine, the versions and the run."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"Command: `{command}`, {began.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {seconds / 60:.1f} minutes, commit "
        f"{commit()}.",
        f"Machine: {processor()}, {os.cpu_count()} cores shared with others (load at the end {load}), "
        f"{platform.system()}, Python {platform.python_version()}, OMP_NUM_THREADS=1.",
        f"Versions: {', '.join(f'{name} {version(name)}' for name in PACKAGES)}.",
        "CPU is process time; wall time is used for answers over HTTP only.",
        "Nothing here ran on AWS: moto stands for DynamoDB, the local gateway for API Gateway.",
    ]


def commit() -> str:
    """Short hash, with a plus when the tree has changes."""
    head = _git("rev-parse", "--short", "HEAD")
    return f"{head}+" if _git("status", "--porcelain") else head or "unknown"


def processor() -> str:
    """The processor's name, as Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
