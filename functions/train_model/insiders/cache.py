"""Feature matrices kept between runs under .cache/: computing them takes most of the script's time."""

from dataclasses import fields
from hashlib import sha256
from pathlib import Path

import numpy as np

from functions.train_model.insiders.data import Company
from functions.train_model.insiders.edits import VARIANTS
from functions.train_model.insiders.rows import Rows, company_rows
from shared.behaviour.baseline import Baseline

HERE = Path("functions/train_model/insiders")
CODE = (
    Path("shared/behaviour"),
    *(HERE / name for name in ("rows.py", "data.py", "edits.py", "inject.py", "seed_rows.py")),
)


REFRESH = {"full": 1}  # days between baselines: one a day as in production; 3 for variants, to save time


def cached_rows(company: Company, variant: str, folder: Path = Path(".cache/insiders")) -> tuple[Rows, Baseline]:
    """The rows of a company's variant, computed anew when the code of the features has changed."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{_code_hash()}-{company.name}-{variant.replace(', ', '-').replace(' ', '_')}"
    if not stem.with_suffix(".bin").exists():
        rows, baseline = company_rows(*VARIANTS[variant](company), REFRESH.get(variant, 3))
        np.savez_compressed(stem.with_suffix(".npz"), **{one.name: getattr(rows, one.name) for one in fields(Rows)})
        stem.with_suffix(".bin").write_bytes(baseline.to_bytes())
    held = np.load(stem.with_suffix(".npz"))
    return Rows(*(held[one.name] for one in fields(Rows))), Baseline.from_bytes(stem.with_suffix(".bin").read_bytes())


def _code_hash() -> str:
    files = [path for root in CODE for path in (sorted(root.glob("*.py")) if root.is_dir() else [root])]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
