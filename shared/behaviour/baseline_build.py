"""Builds an organisation's baseline from its people's states: a pure function of the days before `day`.

Done once a day by a worker. Cost: about 3 ms per person.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from shared.behaviour.baseline import EVERYBODY, LEVELS, Baseline
from shared.behaviour.organisation import HABIT_DAYS, Organisation
from shared.behaviour.quantities import KINDS
from shared.behaviour.series import LONGEST, Matrix, Series, build_series
from shared.behaviour.state import WINDOW, BehaviourState, day_number
from shared.behaviour.views import peer_statistics, views
from shared.subjects.model import Subject

SAMPLE_DAYS = 28
MAX_SAMPLES = 8_000  # person-days looked at: more do not move the quantiles, only the bill
MAX_NAMES = 3_000  # per kind, the best known first
MAX_OWNED = 6_000
MAX_ROLES = 31  # bits of a role mask
OWN_SHARE = 0.6  # a device belongs to the person with more than this share of its events
LONER = 3.0  # people of the whole organisation that a peer group is mixed with
SHARED_WITH = 5  # a device used by this many people is nobody's
USED_KINDS = ("directory", "leaf", "network", "domain", "host", "extension")

Member = tuple[Subject, BehaviourState]


def build_baseline(members: Iterable[Member], day: date) -> Baseline:
    """The baseline that may be used from `day` on: only real events of earlier days are looked at."""
    number = day_number(day)
    people = [(subject, _earlier(state, number)) for subject, state in members]
    people = sorted((pair for pair in people if pair[1].days), key=lambda pair: pair[0].subject_id)
    organisation = _organisation(people, number)
    span = SAMPLE_DAYS + LONGEST
    series = [
        build_series(state, number - 1, subject.subject_id, subject.role, organisation, span)
        for subject, state in people
    ]
    if not series:
        return Baseline(day)
    rows = np.arange(WINDOW - SAMPLE_DAYS, WINDOW)
    peers = _peers([subject.role for subject, _ in people], [peer_statistics(one, rows) for one in series])
    samples = _samples(people, series, peers)
    built = Baseline(day, organisation, peers, np.quantile(samples, LEVELS, axis=0), len(samples))
    return Baseline.from_bytes(built.to_bytes())  # rounded as it is stored, so that a stored one scores the same


def _earlier(state: BehaviourState, day: int) -> BehaviourState:
    return BehaviourState(state.home, {number: held for number, held in state.days.items() if number < day})


def _samples(people: Sequence[Member], series: Sequence[Series], peers: dict[str, Matrix]) -> Matrix:
    """Feature values of recent active person-days; of a large organisation fewer days each, the newest."""
    days = max(2, min(SAMPLE_DAYS, MAX_SAMPLES // len(series)))
    parts = []
    for (subject, _), one in zip(people, series, strict=True):
        rows = np.flatnonzero(one.active)
        rows = rows[rows >= WINDOW - days]
        if len(rows):
            parts.append(views(one, peers.get(subject.role, peers[EVERYBODY]), rows))
    return np.concatenate(parts) if parts else np.zeros((1, views(series[0], peers[EVERYBODY], np.array([0])).shape[1]))


def _peers(roles: Sequence[str], statistics: Sequence[Matrix]) -> dict[str, Matrix]:
    """Mean habit per role, mixed with LONER people of the whole organisation."""
    everybody = np.mean(statistics, axis=0)
    peers = {EVERYBODY: everybody}
    for role, size in Counter(roles).most_common(MAX_ROLES):
        own = np.sum([one for held, one in zip(roles, statistics, strict=True) if held == role], axis=0)
        peers[role] = (own + LONER * everybody) / (size + LONER)
    return peers


def _organisation(people: Sequence[Member], day: int) -> Organisation:
    roles = tuple(role for role, _ in Counter(subject.role for subject, _ in people).most_common(MAX_ROLES))
    organisation = Organisation(people=len(people), roles=roles)
    _clock(organisation, people, day)
    for kind, name in enumerate(KINDS):
        if name in USED_KINDS:
            organisation.popularity[kind] = _popularity(people, kind, organisation)
    organisation.owners = _owners(people, organisation)
    return organisation


def _clock(organisation: Organisation, people: Sequence[Member], day: int) -> None:
    """Which weekdays are days off, and the share of person-days active per hour, shrunk to the office clock."""
    busy, spans = np.zeros((7, 24)), np.zeros(7)
    for _, state in people:
        for number in range(max(min(state.days), day - SAMPLE_DAYS), day):
            spans[(number + 5) % 7] += 1
            if number in state.days:
                busy[(number + 5) % 7, list(state.days[number].hours)] += 1
    share = busy.sum(1) / np.maximum(spans, 1)
    if np.all(spans > 0):
        organisation.resting = share < 0.4 * np.median(share)
    for rest in (0, 1):
        same = organisation.resting == bool(rest)
        total = HABIT_DAYS + spans[same].sum()
        organisation.hours[rest] = (busy[same].sum(0) + HABIT_DAYS * organisation.hours[rest]) / total


def _popularity(people: Sequence[Member], kind: int, organisation: Organisation) -> dict[int, tuple[int, int]]:
    """token -> (people who used it, roles that did, as bits)."""
    known: dict[int, tuple[int, int]] = {}
    for subject, state in people:
        bit = organisation.role_bit(subject.role) & (2**MAX_ROLES - 1)
        for token in {token for held in state.days.values() for token in held.tokens[kind]}:
            count, roles = known.get(token, (0, 0))
            known[token] = (count + 1, roles | bit)
    best = sorted(known, key=lambda token: (-known[token][0], token))[:MAX_NAMES]
    return {token: known[token] for token in best}


def _owners(people: Sequence[Member], organisation: Organisation) -> dict[int, int]:
    use: dict[int, Counter[int]] = {}
    for subject, state in people:
        person = organisation.person(subject.subject_id)
        for held in state.days.values():
            for device, amount in held.tokens[KINDS.index("device")].items():
                use.setdefault(device, Counter())[person] += amount
    owners = {}
    for device in sorted(use)[:MAX_OWNED]:
        (person, most), *_ = use[device].most_common(1)
        if most > OWN_SHARE * use[device].total() and len(use[device]) <= SHARED_WITH:
            owners[device] = person
    return owners
