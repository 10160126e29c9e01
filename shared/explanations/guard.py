"""What a provider's text must not contain: a name, number or id that stands neither in the evidence nor in the request.

The check is about words, not about truth: a text may still put known names together wrongly. Therefore grounded text
is the default. The request's description never vouches for anything: it is untrusted and may be an injection.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from shared.explanations.attack import Attack
from shared.explanations.model import Explanation, Question

LONGEST = 600  # characters; the grounded texts have 150 to 450
MARKUP = re.compile(r"[<>`*#{}\[\]|\\~^]|https?:|www\.|://|data:|javascript:", re.IGNORECASE)
META = re.compile(
    r"\b(ignore|disregard|instructions?|prompts?|assistant|language model|system message)\b", re.IGNORECASE
)
ID = re.compile(
    r"\b(?:(?:TA|T|M|G|S|C|DC|DS)\d{4}(?:\.\d{3})?|(?:DET|AN)\d+|(?:CVE|CWE|CAPEC|ALT|INC)[-_]?\d[\d-]*)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]*:[0-9a-f:]{3,}|@|\b[0-9a-f]{16,}\b", re.IGNORECASE)
HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)+\b")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SPELLED = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|percent|per cent)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]*)[\"“”«»„]")
CAPITAL = re.compile(r"\b[\w-]*[A-Z][\w-]*\b")
OPENING = re.compile(r"(?:^|[.!?]\s+)(\w+)")
# What a sentence may begin with besides a word of the evidence.
OPENERS = frozenset(
    "a after against an and apply as at attackers because before both by defenders during each either for from having "
    "here if in it its making most on once one only organisations organizations regularly review since so "
    "such successful teams that the their then there these they this those through thus to until use used using watch "
    "when where whether while with without you".split()
)
# Names in ATT&CK that are also everyday English, and so prove nothing when they appear in small letters.
EVERYDAY = frozenset(
    "at bad net page reg route server software tool exploits vulnerabilities domains domain malware proxy tools "
    "services hardware firmware credentials link upload botnet install container bridge chaos carbon ping expand "
    "epic gold serverless dns web services".split()
)


def fault(text: str, explanation: Explanation, question: Question, attack: Attack) -> str | None:
    """Why the text cannot be used; None if it can."""
    known = " ".join((explanation.text, _references(explanation), question.action, question.target))
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _form(text),
        lambda: _ids(text, explanation),
        lambda: _values(text, known),
        lambda: _entities(text, known),
        lambda: _names(text, known, attack),
    )
    return next((reason for check in checks if (reason := check())), None)


def _form(text: str) -> str | None:
    if not text.strip():
        return "it is empty"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for letter in text):
        return "it contains control characters"
    if not text.isascii() and any(unicodedata.category(letter)[0] in "LN" for letter in text if not letter.isascii()):
        return "it contains letters that could pass for others"
    if MARKUP.search(text):
        return "it contains a link or markup"
    return "it speaks about instructions" if META.search(text) else None


def _ids(text: str, explanation: Explanation) -> str | None:
    """Every id must be of the evidence, and the first technique must be named."""
    allowed = {one.upper() for one in explanation.ids()}
    found = {one.upper() for one in ID.findall(text)}
    if found - allowed:
        return "it names an id that is not in the evidence"
    if explanation.techniques and explanation.techniques[0].id.upper() not in found:
        return "it does not name the technique"
    return None


def _values(text: str, known: str) -> str | None:
    """Addresses, host names, hashes and numbers, spelled ones too."""
    if any(one not in known for pattern in (ADDRESS, HOST) for one in _all(pattern, text)):
        return "it names an address or host that is not in the evidence"
    numbers = set(_all(NUMBER, ID.sub("", known)))
    if any(one not in numbers for one in _all(NUMBER, ID.sub("", text))):
        return "it names a number that is not in the evidence"
    if any(not _has(known, one) for one in _all(SPELLED, text)):
        return "it names a number that is not in the evidence"
    return None


def _entities(text: str, known: str) -> str | None:
    """Quoted words and words with a capital letter, but for the first of a sentence."""
    if any(one not in known for one in QUOTED.findall(text)):
        return "it quotes what is not in the evidence"
    openings = {match.start(1) for match in OPENING.finditer(text)}
    for match in CAPITAL.finditer(text):
        word = match.group()
        opener = match.start() in openings and word.lower() in OPENERS
        if not opener and not _has(known, word):
            return "it names something that is not in the evidence"
    return None


def _names(text: str, known: str, attack: Attack) -> str | None:
    """Techniques and software in small letters."""
    for name in _watched(attack):
        if _has(text, name) and not _has(known, name):
            return "it names a technique or software that is not in the evidence"
    return None


@cache
def _watched(attack: Attack) -> tuple[str, ...]:
    return tuple(sorted(name.lower() for name in attack.names() if len(name) > 3 and name.lower() not in EVERYDAY))


def _has(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole words, in any case."""
    found, wanted = text.lower(), words.lower()
    place = found.find(wanted)
    while place >= 0:
        before, after = found[place - 1 : place], found[place + len(wanted) : place + len(wanted) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = found.find(wanted, place + 1)
    return False


def _all(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match.group() for match in pattern.finditer(text)]


def _references(explanation: Explanation) -> str:
    groups = (explanation.techniques, explanation.mitigations, explanation.detections)
    return " ".join(f"{one.id} {one.name} {one.tactic or ''}" for group in groups for one in group)
