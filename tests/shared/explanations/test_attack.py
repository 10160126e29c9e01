"""The vendored subset of ATT&CK: whole, consistent, attributed, quick to load and not loaded before it is needed."""

import hashlib
import json
import re
import subprocess
import sys
import time

from shared.explanations.attack import FILE, Attack, attack

DOCUMENT = json.loads(FILE.read_text("utf-8"))
TACTICS = {
    "reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
    "defense-evasion", "credential-access", "discovery", "lateral-movement", "collection", "command-and-control",
    "exfiltration", "impact",
}  # fmt: skip


def test_the_content_is_what_the_build_script_wrote() -> None:
    content = {name: part for name, part in DOCUMENT.items() if name != "about"}

    assert (
        hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest() == DOCUMENT["about"]["content_sha256"]
    )
    assert DOCUMENT["about"]["attack_version"] == "18.1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", DOCUMENT["about"]["extracted_at"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in DOCUMENT["about"]["source_sha256"].values())


def test_mitres_copyright_and_licence_go_with_the_data() -> None:
    assert "The MITRE Corporation" in DOCUMENT["about"]["copyright"]
    assert "royalty-free license to use ATT&CK" in DOCUMENT["about"]["licence"]


def test_every_id_is_well_formed_and_every_reference_exists() -> None:
    assert len(DOCUMENT["techniques"]) > 600
    for technique_id, (name, tactics, mitigations, detections) in DOCUMENT["techniques"].items():
        assert re.fullmatch(r"T\d{4}(\.\d{3})?", technique_id)
        assert name
        assert tactics
        assert set(tactics) <= TACTICS
        assert technique_id.partition(".")[0] in DOCUMENT["techniques"]
        assert set(mitigations) <= set(DOCUMENT["mitigations"])
        assert detections
        assert set(detections) <= set(DOCUMENT["detections"])
    assert all(re.fullmatch(r"M\d{4}", one) for one in DOCUMENT["mitigations"])
    assert all(re.fullmatch(r"DET\d{4}", one) for one in DOCUMENT["detections"])


def test_facts_that_anybody_can_look_up() -> None:
    found = attack().technique("T1190")

    assert (found.name, found.tactics) == ("Exploit Public-Facing Application", ("Initial Access",))
    assert "M1051" in found.mitigations
    assert found.url == "https://attack.mitre.org/techniques/T1190"
    assert attack().technique("T1003.003").name == "OS Credential Dumping: NTDS"
    assert attack().technique("T1003.003").url == "https://attack.mitre.org/techniques/T1003/003"
    assert attack().mitigation("M1051").name == "Update Software"
    assert attack().technique("T1071").tactics == ("Command and Control",)


def test_it_is_small_and_loads_in_20_ms() -> None:
    def load() -> float:
        begin = time.perf_counter()
        Attack(json.loads(FILE.read_text("utf-8")))
        return time.perf_counter() - begin

    # The best of five: the machine may be busy with something else.
    assert min(load() for _ in range(5)) < 0.020
    assert FILE.stat().st_size < 200_000


def test_importing_loads_neither_the_data_nor_the_vocabulary() -> None:
    code = (
        "import sys, json; from shared.explanations import service;"
        "print(json.dumps([service.attack.cache_info().currsize,"
        " 'shared.explanations.vocabulary.defending' in sys.modules, 'botocore.client' in sys.modules]))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert json.loads(answer.stdout) == [0, False, False]
