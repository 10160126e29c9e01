"""Short names for what a day looks like, which quantities speak for each, and the ATT&CK techniques behind it.

Technique ids and names: MITRE ATT&CK Enterprise, (c) The MITRE Corporation, https://attack.mitre.org, reproduced with
its permission (https://attack.mitre.org/resources/legal-and-branding/terms-of-use/). The choice is ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import NAMES
from shared.threats.rules import RULES, Finding

TELLING = 1.7  # surprise: about the top 1 % of this organisation's person-days
SHOWN_FROM = 30.0  # below this ITS a day is ordinary and carries no names
MOST = 4


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`columns`: any of them telling enough makes the name; `phrase` is how a sentence says it."""

    name: str
    columns: tuple[str, ...]
    phrase: str
    techniques: tuple[str, ...]


ANOMALIES = (
    Anomaly(
        "data_exfiltration",
        ("sensitive_out", "kb_mailed_out", "kb_usb", "kb_uploaded", "large_attachments", "out", "burst_out"),
        "unusual amount of data leaving the organisation",
        ("T1048", "T1567", "T1052"),
    ),
    Anomaly("off_hours", ("off_all", "off_logon", "off_out"), "activity outside the usual hours", ("T1078",)),
    Anomaly("sabotage", ("deletes", "burst_deletes", "off_delete"), "burst of deletions", ("T1485", "T1070.004")),
    Anomaly(
        "external_email",
        ("external_mails", "external_attachments", "free_mails", "keywords", "rare_new_domain", "new_recipient"),
        "unusual mail to outside addresses",
        ("T1048.003", "T1114"),
    ),
    Anomaly("usb_copy", ("usb_copies", "kb_usb", "mounts"), "copying to removable media", ("T1052.001",)),
    Anomaly("cloud_upload", ("uploads", "kb_uploaded", "new_host", "rare_host"), "uploads outside", ("T1567.002",)),
    Anomaly("account_misuse", ("other_device", "other_device_new"), "use of somebody else's device", ("T1078.002",)),
    Anomaly("new_device", ("new_device", "device_count"), "a device never used before", ("T1078", "T1200")),
    Anomaly("impossible_travel", ("geo_anomalies",), "logons flagged as geographically impossible", ("T1078.004",)),
    Anomaly(
        "reconnaissance",
        ("new_directory", "new_leaf", "rare_new_directory", "foreign_leaf", "directories"),
        "directories that are new to this person",
        ("T1083", "T1039"),
    ),
    Anomaly("mass_mail", ("mass_mails", "max_recipients"), "mail to very many people", ("T1534",)),
    Anomaly(
        "suspicious_tool",
        ("executables",),
        "handling of programs",
        ("T1588.002", "T1056.001"),
    ),
    Anomaly(
        "data_staging", ("archives", "kb_downloaded", "downloads", "copies"), "collecting files", ("T1074", "T1560")
    ),
    Anomaly("sensitive_access", ("sensitive",), "unusual access to sensitive files", ("T1213", "T1005")),
    Anomaly("new_location", ("new_network", "rare_network", "public_logons"), "an unfamiliar network", ("T1133",)),
    Anomaly("failed_logons", ("failed_logons",), "failed logons", ("T1110",)),
)
BY_NAME = {anomaly.name: anomaly for anomaly in ANOMALIES}
_PLACES = {anomaly.name: [NAMES.index(column) for column in anomaly.columns] for anomaly in ANOMALIES}


def name_anomalies(row: NDArray[np.float32], its: float, found: list[Finding]) -> tuple[str, ...]:
    """The names that today's evidence supports, rules first, then by strength; an alarming day has at least one."""
    ruled = [rule.anomaly for finding in found for rule in RULES if rule.name == finding.rule]
    if its < SHOWN_FROM and not ruled:
        return ()
    strength = {name: float(row[places].max()) for name, places in _PLACES.items()}
    ranked = sorted(strength, key=lambda name: -strength[name])
    named = [name for name in ranked if strength[name] >= TELLING] or ranked[:1]
    return tuple(dict.fromkeys(ruled + named))[:MOST]
