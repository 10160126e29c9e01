"""An action that is turned round is never explained as the opposite; one that is done by undoing is still known."""

import pytest

from shared.explanations.attack import attack
from shared.explanations.matching import find
from shared.explanations.model import Question, Side
from shared.explanations.sentences import explain

UNDO = (
    *("stop", "halt", "cancel", "abort", "disable", "turn off", "skip", "ignore", "reject", "fail", "lose", "fix"),
    *("fixed", "block", "remove", "delete", "simulated", "don't", "without", "pause", "clear", "shut down"),
)
DEFENCES = (
    *("backups", "mfa", "logging", "firewall", "patching", "monitoring", "audit", "ids", "antivirus", "encryption"),
    *("decoy", "segmentation", "phishing training", "endpoint protection", "port scan"),
)
ATTACKS = (
    *("ransomware", "encryption", "port scan", "phishing", "data exfiltration", "lateral movement", "brute force"),
    *("persistence", "c2", "privilege escalation", "kerberoasting", "keylogger", "sql injection", "service scan"),
)
# What is known because it blocks, as it should be: "blocking a port scan" is a defence.
RIGHT = {("defender", "block", "port scan"): "block_traffic"}

KNOWN: list[tuple[Side, str, str]] = [
    ("attacker", "DELETE_BACKUPS", "inhibit_recovery"),
    ("attacker", "DISABLE_SECURITY_TOOLS", "disable_protection"),
    ("attacker", "DISABLE_LOGGING", "disable_logging"),
    ("attacker", "CLEAR_LOGS", "clear_traces"),
    ("attacker", "STOP_NODE4", "stop_service"),
    ("attacker", "DROP_PAYLOAD", "download_tools"),
    ("attacker", "WIPE_DISK", "wipe_disk"),
    ("attacker", "BYPASS_MFA", "mfa_fatigue"),
    ("attacker", "SKIP", "wait"),
    ("attacker", "IDLE_SCAN", "scan_services"),
    ("attacker", "PASS_THE_HASH", "pass_the_hash"),
    ("attacker", "SHUTDOWN_SERVER", "shut_down"),
    ("defender", "BLOCK_IP", "block_traffic"),
    ("defender", "REMOVE", "remove_malware"),
    ("defender", "FIX_NODE", "patch"),
    ("defender", "DISABLE_ACCOUNT", "disable_account"),
    ("defender", "STOP_PROCESS", "stop_process"),
    ("defender", "REMOVE_FIREWALL_RULE", "allow_traffic"),
    ("defender", "STOP_ISOLATION", "allow_traffic"),
    ("defender", "ROLLBACK_SYSTEM", "restore"),
    ("defender", "RESTORE_DELETED_FILES", "restore"),
    ("defender", "DETECT_SCAN", "detect_intrusion"),
    ("agent", "BLOCK_IP", "block_traffic"),
]


def name_of(side: Side, action: str) -> str | None:
    found = find(action, side)
    return found.play.name if found else None


@pytest.mark.parametrize("undo", UNDO)
def test_a_defence_that_is_undone_is_no_defence(undo: str) -> None:
    told = {
        (undo, defence): name
        for defence in DEFENCES
        if (name := name_of("defender", f"{undo} {defence}")) != RIGHT.get(("defender", undo, defence))
    }

    assert told == {}


@pytest.mark.parametrize("undo", UNDO)
def test_an_attack_that_is_undone_is_no_attack(undo: str) -> None:
    assert {(undo, one): name for one in ATTACKS if (name := name_of("attacker", f"{undo} {one}"))} == {}


@pytest.mark.parametrize(
    ("side", "action"),
    [
        ("defender", "MFA disabled"),
        ("defender", "BACKUPS_DELETED"),
        ("defender", "bypass firewall"),
        ("defender", "open firewall"),
        ("defender", "rollback patch"),
        ("defender", "missing patches"),
        ("attacker", "port scan blocked"),
        ("attacker", "mitigate ransomware"),
        ("attacker", "report phishing"),
        ("attacker", "enable antivirus"),
        ("attacker", "create shadow copy"),
        ("agent", "disable mfa"),
        ("agent", "halt port scan"),
    ],
)
def test_other_ways_to_say_it(side: Side, action: str) -> None:
    assert name_of(side, action) is None


@pytest.mark.parametrize(("side", "action", "name"), KNOWN)
def test_entries_that_undo_something_are_still_known(side: Side, action: str, name: str) -> None:
    assert name_of(side, action) == name


def test_an_undone_defence_is_told_to_be_an_attackers() -> None:
    made = explain(Question("DELETE_BACKUPS", "defender"), attack())

    assert (made.techniques, made.mitigations, made.match) == ((), (), None)
    assert made.text.startswith("No technique of MITRE ATT&CK")
    assert made.note == 'The action is known as one of the attacker\'s: "inhibit_recovery".'
