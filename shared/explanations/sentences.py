"""The grounded explanation: one to three sentences from the vocabulary and ATT&CK, always the same for a question."""

from collections.abc import Sequence

from shared.explanations.attack import Attack, Technique
from shared.explanations.matching import Found, find, side_of
from shared.explanations.model import Explanation, Match, Question, Reference, Sentence, Side
from shared.explanations.targets import target_of
from shared.explanations.vocabulary.play import Choice

INDUSTRIAL = (
    "The target is an industrial system; ATT&CK for ICS, which covers such systems, is not part of this evidence."
)


def explain(question: Question, attack: Attack) -> Explanation:
    """What the action does, what ATT&CK calls it, and what its defender does about it."""
    side = side_of(question.agent_type)
    found = find(question.action, side)
    if found is None:
        return _unknown(question, side, attack)
    target = target_of(question.target, found.rest)
    choice = found.play.choice_for(target.kind)
    first = Sentence(f"The {side} is {found.play.does.format(target=target.phrase)}.", choice.techniques)
    others = _counter(found, choice, attack) if found.side == "defender" else _offence(choice, attack)
    return Explanation(
        text=" ".join(one.sentence for one in (first, *others)),
        side=side,
        evidence=(first, *others),
        techniques=_techniques(choice, attack),
        mitigations=_mitigations(found.side == "attacker", choice, attack),
        detections=_detections(choice, attack),
        attack_version=attack.version,
        match=Match(found.play.name, found.score),
        note=_note(side) or (INDUSTRIAL if target.kind == "ot" else None),
    )


def _offence(choice: Choice, attack: Attack) -> tuple[Sentence, ...]:
    """What it is called, and how to meet it."""
    if not choice.techniques:
        return (_no_technique(attack),)
    technique = attack.technique(choice.techniques[0])
    tactic = choice.tactic or technique.tactics[0]
    others = " and ".join(_called(attack.technique(other)) for other in choice.techniques[1:])
    beside = f" together with {others}" if others else ""
    named = f"In MITRE ATT&CK this is {_called(technique)}{beside}, under the tactic {tactic}."
    return Sentence(named, choice.techniques), _advice(choice, attack)


def _advice(choice: Choice, attack: Attack) -> Sentence:
    detection = attack.technique(choice.techniques[0]).detections[0]
    if choice.mitigation is None:
        text = (
            f"ATT&CK lists no mitigation for it, so defenders have to detect it, with detection strategy {detection}."
        )
        return Sentence(text, (choice.techniques[0], detection))
    mitigation = attack.mitigation(choice.mitigation)
    text = (
        f"Defenders should follow the mitigation {mitigation.name} ({mitigation.id}) "
        f"and look for it with detection strategy {detection}."
    )
    return Sentence(text, (mitigation.id, detection))


def _counter(found: Found, choice: Choice, attack: Attack) -> tuple[Sentence, ...]:
    """Which mitigation it is, and what it works against."""
    if not choice.techniques:
        return (_no_technique(attack),)
    countered = _joined([_called(attack.technique(one)) for one in choice.techniques])
    if choice.mitigation is None:
        text = f"ATT&CK has no mitigation of this kind; it works against {countered}."
        return Sentence(text, choice.techniques), _check(choice, attack)
    mitigation = attack.mitigation(choice.mitigation)
    kind = (
        "The nearest mitigation in MITRE ATT&CK is" if found.play.nearest else "In MITRE ATT&CK this is the mitigation"
    )
    text = f"{kind} {mitigation.name} ({mitigation.id}), which counters {countered}."
    return Sentence(text, (mitigation.id, *choice.techniques)), _check(choice, attack)


def _check(choice: Choice, attack: Attack) -> Sentence:
    detection = attack.technique(choice.techniques[0]).detections[0]
    return Sentence(f"Attempts that go on are seen with detection strategy {detection}.", (detection,))


def _no_technique(attack: Attack) -> Sentence:
    return Sentence(f"MITRE ATT&CK {attack.version} has no technique for it.")


def _unknown(question: Question, side: Side, attack: Attack) -> Explanation:
    """No technique is better than a wrong one."""
    text = f"No technique of MITRE ATT&CK {attack.version} is known for this action, so it cannot be explained further."
    other: Side = "defender" if side == "attacker" else "attacker"
    known = find(question.action, other) if side != "agent" else None
    note = f'The action is known as one of the {other}\'s: "{known.play.name}".' if known else _note(side)
    return Explanation(text, side, (Sentence(text),), (), (), (), attack.version, note=note)


def _note(side: Side) -> str | None:
    if side != "agent":
        return None
    return "The agent type is neither attacker nor defender; the action was looked up for both."


def _techniques(choice: Choice, attack: Attack) -> tuple[Reference, ...]:
    found = [attack.technique(one) for one in choice.techniques]
    return tuple(
        Reference(one.id, one.name, one.url, choice.tactic if choice.tactic in one.tactics else one.tactics[0])
        for one in found
    )


def _mitigations(offence: bool, choice: Choice, attack: Attack) -> tuple[Reference, ...]:
    """Against an attack all that ATT&CK lists, the recommended one first; for a defence the one that it is."""
    if choice.mitigation is None:
        return ()
    others = attack.technique(choice.techniques[0]).mitigations if offence else ()
    found = [attack.mitigation(one) for one in dict.fromkeys((choice.mitigation, *others))]
    return tuple(Reference(one.id, one.name, one.url) for one in found)


def _detections(choice: Choice, attack: Attack) -> tuple[Reference, ...]:
    ids = dict.fromkeys(one for technique in choice.techniques for one in attack.technique(technique).detections)
    found = [attack.detection(one) for one in ids]
    return tuple(Reference(one.id, one.name, one.url) for one in found)


def _called(technique: Technique) -> str:
    return f"{technique.name} ({technique.id})"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
