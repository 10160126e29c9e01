"""The 18 features of seed 004 over seven days, for the first row of the table: what was there before."""

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.quantities import CHANNELS, INDEX
from shared.behaviour.state import BehaviourState
from shared.subjects.model import Subject

ROLES = ("Developer", "HR", "Finance", "Manager", "Sales")
DAYS = 7


def seed_row(state: BehaviourState, subject: Subject, day: int) -> NDArray[np.float32]:
    """role, logon hour, counts, sizes, off-hours (before 7:00, from 19:00), ratios and three daily averages."""
    held = [state.days[number] for number in range(day - DAYS + 1, day + 1) if number in state.days]
    total = {name: sum(one.counts[place] for one in held) for name, place in INDEX.items()}
    logons = [(hour, n[CHANNELS.index("logon")]) for one in held for hour, n in one.hours.items()]
    off = sum(n[0] for one in held for hour, n in one.hours.items() if hour < 7 or hour >= 19)
    role = ROLES.index(subject.role) if subject.role in ROLES else len(ROLES)
    hour = sum(h * n for h, n in logons) / max(1, total["logons"])
    size = (total["kb_read"] + total["kb_downloaded"] + total["kb_usb"] + total["kb_uploaded"]) / 1024
    row = [role, hour]
    row += [total[name] for name in ("logons", "geo_anomalies", "files", "sensitive")] + [size]
    row += [total[name] for name in ("mails", "external_mails", "large_attachments", "keywords")] + [off]
    row += [total["files"] / max(1, total["mails"]), total["external_mails"] / max(1, total["mails"])]
    row += [total["sensitive"] / max(1, total["files"])]
    row += [total[name] / DAYS for name in ("logons", "files", "mails")]
    return np.array(row, dtype=np.float32)
