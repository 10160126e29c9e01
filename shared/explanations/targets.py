"""What kind of thing a target is, and how a sentence speaks of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.explanations.words import WORDS, tokens

# The first class with a word in the target wins: a "web server in the cloud" is a web server.
CLASSES: dict[str, tuple[str, str]] = {
    "domain": ("the domain controller", "dc dc01 active controller ldap kerberos ad"),
    "identity": ("the identity system", "identity idp sso okta entra iam"),
    "container": ("the container platform", "container cluster registry"),
    "storage": ("the cloud storage", "s3 bucket blob azurestorage gcs storage"),
    "public": ("the internet-facing system", "public internet external dmz perimeter"),
    "web": ("the web server", "web website webserver www apache nginx tomcat iis http https sharepoint cms api"),
    "database": ("the database", "database databases db sql mysql postgres postgresql oracle mongodb mongo redis"),
    "mail": ("the mail system", "mail exchange mx imap"),
    "dns": ("the name server", "dns nameserver resolver"),
    "file": ("the file server", "fileserver file share nas smb ftp sftp"),
    "ot": ("the industrial system", "ot ics scada plc hmi iot sensor camera rtu historian"),
    "network": ("the network device", "router switch firewall gateway vpn proxy balancer"),
    "segment": ("the network", "network subnet vlan lan segment"),
    "cloud": ("the cloud account", "cloud aws azure gcp azureresourcemanager tenant subscription ec2 lambda"),
    "workstation": ("the workstation", "workstation laptop desktop pc endpoint client windows macbook browser"),
    "repository": ("the code repository", "repository githubproject gitlab code source"),
    "account": ("the account", "account accounts user username"),
    "linux": ("the Linux server", "linux unix ssh ubuntu debian"),
}
WORDS_OF = {word: name for name, (_, words) in CLASSES.items() for word in words.split()}
RANK = {name: place for place, name in enumerate(CLASSES)}
# A name that may stand in a sentence: short, and nothing that could pass for a sentence or for an id of ATT&CK.
NAME = re.compile(r"[\w.:/\[\]=()@-]{1,40}( [\w.:/\[\]=()@-]{1,20}){0,2}", re.ASCII)
IDS = re.compile(r"\b(T\d{4}|TA\d{4}|M\d{4}|DET\d|AN\d{4}|[GSC]\d{4}\b|CVE|CWE|ALT\d|INC|evt_)|://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` is a class of CLASSES or "" ; `phrase` is how a sentence speaks of it."""

    kind: str
    phrase: str


def target_of(target: str, spare: Iterable[str] = ()) -> Target:
    """The target as named. Without one, the words that the action's name has to spare may tell its class."""
    kind = _kind(target) if target else _kind(" ".join(spare))
    phrase = CLASSES[kind][0] if kind and target else "the target"
    if not target or _says_only(target, phrase):
        return Target(kind, phrase)
    if NAME.fullmatch(target) and not IDS.search(target):
        return Target(kind, f'{phrase} "{target}"')
    return Target(kind, phrase)


def _kind(text: str) -> str:
    kinds = {WORDS_OF[token] for token in (*tokens(text), *_plain(text)) if token in WORDS_OF}
    return min(kinds, key=RANK.__getitem__, default="")


def _says_only(target: str, phrase: str) -> bool:
    """`web_server` adds nothing to "the web server"."""
    return set(_plain(target)) <= {*_plain(phrase), "server", "system", "host", "node"}


def _plain(text: str) -> list[str]:
    return [word.lower() for word in WORDS.findall(text)]
