"""What one event adds to its day: counters, an hour, tokens. Standard library only.

Everything is a whole number (sizes in kB), because whole numbers add up to the same total in any order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.activities.model import Activity
from shared.behaviour import tokens as names

COUNTERS = (
    "events", "logons", "logoffs", "files", "mails", "reads", "writes", "deletes", "downloads", "copies",
    "usb_copies", "mounts", "uploads", "home_uploads", "executables", "archives", "sensitive", "sensitive_out",
    "kb_read", "kb_written", "kb_downloaded", "kb_usb", "kb_uploaded", "kb_mailed_out", "external_mails",
    "external_attachments", "large_attachments", "free_mails", "kb_free_mails", "recipients", "mass_mails",
    "keywords", "geo_anomalies", "remote_logons", "public_logons", "failed_logons", "sensitive_kb",
    "odd_night_events", "max_recipients", "max_kb_mail", "max_kb_file", "vital_deletes",
)  # fmt: skip
INDEX = {name: position for position, name in enumerate(COUNTERS)}
MAXIMA = frozenset(INDEX[name] for name in COUNTERS if name.startswith("max_"))
CHANNELS = ("all", "logon", "out", "delete", "geo")
KINDS = ("directory", "leaf", "device", "network", "domain", "recipient", "host", "extension")
KIND_AT = {kind: place for place, kind in enumerate(KINDS)}
LIMITS = (40, 24, 12, 12, 40, 24, 8, 12)
MASS_MAIL = 15
LARGE_KB = 10 * 1024
MAX_MB = 1e7
MAX_RECIPIENTS = 200
ACTIONS = {
    "read": "reads", "open": "reads", "view": "reads", "write": "writes", "create": "writes", "modify": "writes",
    "edit": "writes", "delete": "deletes", "remove": "deletes", "download": "downloads", "copy": "copies",
    "move": "copies", "upload": "uploads", "mount": "mounts", "connect": "mounts",
}  # fmt: skip
KILOBYTES = {"downloads": "kb_downloaded", "writes": "kb_written", "deletes": "kb_written", "uploads": "kb_uploaded"}
REMOVABLE = frozenset(("removable", "usb", "usb_drive", "removable_media", "external_drive"))
LOCAL = frozenset(("", "local", "none", "null", "internal"))


@dataclass(slots=True)
class Measures:
    """One event's additions. `tokens` holds (position in KINDS, token, amounts)."""

    hour: int
    counts: dict[int, int] = field(default_factory=dict)
    channels: list[int] = field(default_factory=lambda: [1, 0, 0, 0, 0])
    tokens: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, name: str, amount: int = 1) -> None:
        if amount:
            position = INDEX[name]
            self.counts[position] = self.counts.get(position, 0) + amount

    def see(self, kind: str, name: str, amount: int = 1) -> None:
        self.tokens.append((KIND_AT[kind], names.token(kind, name), amount))


def number(value: object, limit: float = MAX_MB) -> float:
    """A finite number from 0 to `limit`; anything else, a bool or a NaN included, is 0."""
    if isinstance(value, str) and len(value) < 32:
        try:
            value = float(value)
        except ValueError:
            return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(min(value, limit)) if value > 0 else 0.0


def kilobytes(value: object) -> int:
    """A size field in MB as whole kB."""
    return round(number(value) * 1024)


def flag(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("true", "yes", "1"))


def text(value: object) -> str:
    return value[: names.MAX_TEXT].strip() if isinstance(value, str) else ""


def addresses(value: object) -> list[str]:
    """Recipients from a string ("a@x, b@y"), a list, or anything else (none)."""
    if isinstance(value, str):
        value = value[:20_000].replace(";", ",").split(",")
    if not isinstance(value, list | tuple | set | frozenset):
        return []
    return [text(item).lower() for item in list(value)[:MAX_RECIPIENTS] if text(item)]


def measure(activity: Activity, home: str) -> Measures:
    """What an event adds to its day. `home` is the registered domain of the person's own mail address."""
    out = Measures(hour=activity.at.hour)
    out.add("events")
    details = activity.details if isinstance(activity.details, Mapping) else {}
    MEASURE_TYPE.get(activity.activity_type, _other)(out, details, home)
    _place(out, activity)
    return out


def _place(out: Measures, activity: Activity) -> None:
    """Where it was done from: device and network."""
    device, address = text(activity.device_id).lower(), text(activity.ip_address).lower()
    if device:
        out.see("device", device)
    if address:
        out.see("network", names.network(address))
        out.add("public_logons", int(activity.activity_type == "logon" and names.is_public(address)))


def _logon(out: Measures, details: Mapping[str, Any], home: str) -> None:
    out.add("logons")
    out.channels[1] = 1
    out.add("remote_logons", int(flag(details.get("remote"))))
    failed = details.get("success") is False or text(details.get("status")).lower() in ("failed", "failure", "denied")
    out.add("failed_logons", int(failed))
    if flag(details.get("geo_anomaly")):
        out.add("geo_anomalies")
        out.channels[4] = 1
        # The seed's fixed clock, for the rule that must hold on the first day: no habit is known yet.
        out.add("odd_night_events", int(out.hour >= 19 or out.hour < 7))


def _logoff(out: Measures, details: Mapping[str, Any], home: str) -> None:
    out.add("logoffs")


def _other(out: Measures, details: Mapping[str, Any], home: str) -> None:
    """An unknown type still counts as an event."""


def _file(out: Measures, details: Mapping[str, Any], home: str) -> None:
    out.add("files")
    path, size = text(details.get("file_path")), kilobytes(details.get("size_mb"))
    action = ACTIONS.get(text(details.get("action")).lower(), "reads")
    target = text(details.get("destination")).lower()
    outward = _file_action(out, action, target, size, home)
    sensitive = flag(details.get("sensitive"))
    out.add("sensitive", int(sensitive))
    out.add("sensitive_kb", size if sensitive else 0)
    out.add("sensitive_out", int(sensitive and outward))
    out.add("max_kb_file", size)
    out.channels[2] = int(outward)
    out.channels[3] = int(action == "deletes")
    if path:
        _path(out, path, action, target in REMOVABLE)


def _file_action(out: Measures, action: str, target: str, size: int, home: str) -> bool:
    """Counts the action and its size; answers whether data left the organisation."""
    if target in REMOVABLE:
        out.add("mounts" if action == "mounts" else "usb_copies")
        out.add("kb_usb", size)
        return action != "mounts"
    if target not in LOCAL:
        host = names.registered(names.host_of(target))
        outside = not home or host != home
        out.add("uploads" if outside else "home_uploads")
        out.add("kb_uploaded", size if outside else 0)
        if outside:
            out.see("host", host)
        return outside
    lost = action == "uploads" and not target  # an upload that does not say where to: outside, until it says otherwise
    out.add("home_uploads" if action == "uploads" and not lost else action)
    out.add(KILOBYTES.get(action, "kb_read"), size)
    return lost


def _path(out: Measures, path: str, action: str, removable: bool) -> None:
    kind = names.extension(path)
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    out.add("vital_deletes", int(action == "deletes" and any(word in name for word in names.VITAL)))
    fetched = action in ("downloads", "copies", "writes", "uploads")
    out.add("executables", int(fetched and kind in names.EXECUTABLES))
    out.add("archives", int(fetched and kind in names.ARCHIVES))
    out.see("extension", kind)
    if not removable:  # E:/x.pdf is a place on the stick, not a place in the organisation
        folder, leaf = names.directory(path)
        out.see("directory", folder)
        out.see("leaf", leaf)


def _mail(out: Measures, details: Mapping[str, Any], home: str) -> None:
    out.add("mails")
    to = addresses(details.get("to"))
    recipients = max(len(to), int(number(details.get("recipients"), 1e5)))
    out.add("recipients", recipients)
    out.add("max_recipients", recipients)
    out.add("mass_mails", int(recipients >= MASS_MAIL))
    out.add("keywords", _keywords(details.get("suspicious_keywords")))
    domains = {address: names.registered(address.rpartition("@")[2]) for address in to}
    outside = {address: domain for address, domain in domains.items() if not home or domain != home}
    stated = details.get("external")
    if stated is True or (not isinstance(stated, bool) and bool(home and outside)):
        _mail_out(out, details, outside)


def _keywords(value: object) -> int:
    """`suspicious_keywords` is a count, a flag or the list of words, depending on the client."""
    if isinstance(value, list | tuple):
        return min(len(value), 100)
    return int(flag(value)) or int(number(value, 100))


def _mail_out(out: Measures, details: Mapping[str, Any], outside: Mapping[str, str]) -> None:
    size, attached = kilobytes(details.get("attachment_size_mb")), number(details.get("attachments")) > 0
    out.add("external_mails")
    out.add("kb_mailed_out", size)
    out.add("max_kb_mail", size)
    out.add("external_attachments", int(attached or size > 0))
    out.add("large_attachments", int(size > LARGE_KB))
    out.channels[2] = int(attached or size > 0)
    free = any(domain in names.FREE_MAIL for domain in outside.values())
    out.add("free_mails", int(free))
    out.add("kb_free_mails", size if free else 0)
    for address, domain in outside.items():
        out.see("recipient", address)
        out.see("domain", domain)


MEASURE_TYPE = {"logon": _logon, "logoff": _logoff, "file_access": _file, "email": _mail}
