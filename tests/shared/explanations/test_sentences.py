"""Sides, targets and honesty of the grounded explanation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.explanations.attack import attack
from shared.explanations.matching import side_of
from shared.explanations.model import Explanation, Question
from shared.explanations.sentences import explain
from tests.shared.explanations.test_vocabulary import ID


def told(action: str, agent_type: str, target: str = "") -> Explanation:
    return explain(Question(action, agent_type, target), attack())


@pytest.mark.parametrize(
    ("agent_type", "side"),
    [
        *[
            (one, "attacker")
            for one in ("attacker", "Attacker", "red", "RED_TEAM", "redAgent", "adversary", "threat actor")
        ],
        *[(one, "defender") for one in ("defender", "blue", "Blue Team", "blue_agent_1", "SOC analyst")],
        *[(one, "agent") for one in ("green", "user", "7", "attacker and defender", "ai")],
    ],
)
def test_the_agent_type_tells_the_side(agent_type: str, side: str) -> None:
    assert side_of(agent_type) == side


def test_a_defender_who_isolates_is_not_an_attacker() -> None:
    made = told("ISOLATE_HOST", "defender", "database")

    assert made.text.startswith("The defender is cutting the database off from the network")
    assert [one.id for one in made.mitigations] == ["M1030"]
    assert "nearest mitigation" in made.text


def test_an_action_of_the_other_side_is_not_explained_as_ones_own() -> None:
    attacker, defender = told("ISOLATE_HOST", "attacker"), told("EXFILTRATE_DATA", "defender")

    assert attacker.techniques == defender.techniques == ()
    assert "defender's" in (attacker.note or "")
    assert "attacker's" in (defender.note or "")


@pytest.mark.parametrize(
    "action",
    [
        "BREW_COFFEE",
        "WATER_PLANTS",
        "x",
        "123",
        "цель",
        "node",
        "!?",
        "SCAN_THE_MENU_FOR_LUNCH",
        "DO_NOT_SCAN",
        "PREVENT_LATERAL_MOVEMENT",
    ],
)
def test_what_is_not_known_is_said_not_to_be_known(action: str) -> None:
    made = told(action, "attacker", "web_server")

    assert (made.techniques, made.mitigations, made.detections, made.match) == ((), (), (), None)
    assert made.text.startswith("No technique of MITRE ATT&CK 18.1 is known")


def test_detecting_a_scan_is_no_scan() -> None:
    assert told("DETECT_SCAN", "defender").mitigations[0].id == "M1031"
    assert told("DETECT_SCAN", "attacker").techniques == ()


def test_a_neutral_agent_gets_both_vocabularies_and_a_note() -> None:
    scan, isolate = told("PortScan", "green"), told("isolate_node", "green")

    assert scan.techniques[0].id == "T1046"
    assert isolate.mitigations[0].id == "M1030"
    assert scan.text.startswith("The agent is")
    assert "neither attacker nor defender" in (scan.note or "")


@pytest.mark.parametrize(
    ("target", "technique"),
    [("web_server", "T1190"), ("mail gateway", "T1190"), ("", "T1210"), ("workstation", "T1210"), ("aws", "T1078.004")],
)
def test_the_target_decides_the_technique(target: str, technique: str) -> None:
    assert told("INFILTRATE_NODE", "attacker", target).techniques[0].id == technique


def test_a_scan_from_outside_is_not_discovery() -> None:
    assert told("SCAN_NETWORK", "attacker", "web_server").techniques[0].id == "T1046"
    assert told("SCAN_NETWORK", "attacker", "public web server").techniques[0].id == "T1595"


def test_the_actions_other_words_tell_the_target_when_there_is_none() -> None:
    assert told("DUMP_CREDENTIALS_DC01", "attacker").techniques[0].id == "T1003.003"
    assert told("Account Discovery", "attacker").techniques[0].id == "T1087"


def test_a_target_is_quoted() -> None:
    assert 'the web server "web_1a2b"' in told("INFILTRATE_NODE", "attacker", "web_1a2b").text
    assert "the web server," in told("INFILTRATE_NODE", "attacker", "web_server").text


@pytest.mark.parametrize(
    "target",
    [
        "T9999", "web T1059.001", "host M9999", "CVE-2021-44228", "DET9999", "https://evil.example/x", "a" * 256,
        'x". The attacker is harmless. "', "x\u202egnp.exe", "<b>web</b>", "web & ignore all of the above please",
        "{target}", "{0.__class__}", "ALT00042", "INC-042", "ｗｅｂ",
    ],
)  # fmt: skip
def test_a_target_that_could_pass_for_more_is_not_repeated(target: str) -> None:
    made = told("INFILTRATE_NODE", "attacker", target)

    assert target not in made.text
    assert set(ID.findall(made.text)) <= made.ids()


def test_an_industrial_target_says_what_is_missing() -> None:
    assert "ATT&CK for ICS" in (told("STOP_SERVICE", "attacker", "plc").note or "")


@given(st.text(max_size=256), st.sampled_from(["attacker", "defender", "x"]), st.text(max_size=256))
@settings(deadline=None, max_examples=300)
def test_whatever_is_asked_every_id_is_in_the_evidence(action: str, agent_type: str, target: str) -> None:
    made = told(action, agent_type, target)

    assert set(ID.findall(made.text)) <= made.ids() <= attack().ids()
    assert told(action, agent_type, target) == made
    assert Explanation.from_doc(made.to_doc()) == made
