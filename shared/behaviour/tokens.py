"""Names seen in events (directories, devices, hosts) reduced to 32-bit tokens. Standard library only.

A token is enough to ask "was it here before" and keeps no readable path or address in the state.
"""

from functools import lru_cache
from hashlib import blake2s

MAX_TEXT = 512
EXECUTABLES = frozenset("exe msi dll bat cmd ps1 vbs scr com jar hta bin apk dmg deb rpm".split())
ARCHIVES = frozenset("zip 7z rar tar gz tgz bz2 xz iso img bak sql dump pst ost".split())
# Public mail providers anybody can register at. Everyday knowledge, not taken from the training data.
FREE_MAIL = frozenset(
    "gmail.com googlemail.com yahoo.com ymail.com hotmail.com outlook.com live.com msn.com aol.com icloud.com me.com "
    "gmx.net gmx.de gmx.com web.de mail.com mail.ru yandex.ru yandex.com proton.me protonmail.com pm.me tutanota.com "
    "zoho.com qq.com 163.com 126.com comcast.net verizon.net att.net cox.net earthlink.net juno.com netzero.com "
    "charter.net bellsouth.net sbcglobal.net optonline.net hey.com fastmail.com".split()
)
# Words in a file's name that say its owner would miss it.
VITAL = ("critical", "important", "confidential", "secret", "master", "production", "release", "contract", "ledger")
SECOND_LEVEL = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go"))
PRIVATE_10 = ("10.", "127.", "192.168.", "169.254.")


@lru_cache(maxsize=8192)
def token(kind: str, name: str) -> int:
    """A stable 32-bit number for a name of one kind; the kind salts it."""
    data = f"{kind}:{name[:MAX_TEXT]}".encode("utf-8", "replace")
    return int.from_bytes(blake2s(data, digest_size=4).digest(), "big")


def directory(path: str) -> tuple[str, str]:
    """The lower-case directory of a path, and its last part (which survives a move of the share)."""
    folder = path[:MAX_TEXT].replace("\\", "/").lower().rpartition("/")[0].rstrip("/")
    return folder or "/", folder.rpartition("/")[2] or "/"


def extension(path: str) -> str:
    """The lower-case extension without the dot, "" when there is none."""
    name = path[:MAX_TEXT].replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[2].lower()[:8] if "." in name else ""


def registered(host: str) -> str:
    """`files.example.co.uk` -> `example.co.uk`: the part that somebody registered (two or three labels)."""
    labels = host[:MAX_TEXT].strip().lower().strip(".").split(".")
    wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3:] if wide else labels[-2:])


def host_of(destination: str) -> str:
    """The host of `https://drive.example.com/x`, `drive.example.com` or `drive.example.com:443`."""
    rest = destination[:MAX_TEXT].strip().lower().rpartition("://")[2]
    return rest.partition("/")[0].partition(":")[0]


def network(address: str) -> str:
    """The /24 (or IPv6 /48) of an address: DHCP changes the last part, a move changes the rest."""
    if ":" in address:
        return ":".join(address[:MAX_TEXT].lower().split(":")[:3])
    return address[:MAX_TEXT].rpartition(".")[0]


def is_public(address: str) -> bool:
    """Whether an address lies outside private space.

    `ipaddress` is not asked: it calls the documentation range 203.0.113.0/24, which drills use, private.
    """
    if ":" in address:
        return not address.lower().startswith(("fe80:", "fc", "fd", "::1"))
    first, _, rest = address.partition(".")
    second = rest.partition(".")[0]
    if not (first.isdigit() and second.isdigit() and len(second) < 4):
        return False
    shared_range = first == "100" and 64 <= int(second) < 128
    return not (address.startswith(PRIVATE_10) or (first == "172" and 16 <= int(second) < 32) or shared_range)
