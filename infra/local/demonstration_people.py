"""The fifty invented people of the demonstration. The first three are those of seed 004; nobody here exists."""

from dataclasses import dataclass
from functools import cache

from shared.subjects.model import Subject

DOMAIN = "example.com"
DEPARTMENTS = {
    "Developer": "Engineering",
    "HR": "Human Resources",
    "Finance": "Finance",
    "Manager": "Management",
    "Sales": "Sales",
}
SEED_NAMES = ("Abhinav P V", "Abhinav Gadde", "Indushree")
OTHER_NAMES = (
    "Maria Lindqvist", "Tomas Novak", "Aisha Rahman", "Daniel Okafor", "Grace Whitfield", "Kenji Mori", "Elena Petrova",
    "Samuel Osei", "Priya Nair", "Lucas Ferreira", "Hannah Vogel", "Omar Haddad", "Julia Kowalska", "Ravi Menon",
    "Sofia Marino", "Ethan Clarke", "Nora Dahl", "Mateo Vargas", "Ingrid Solberg", "Arjun Desai", "Chloe Martin",
    "Felix Brandt", "Leila Karimi", "Victor Hugo Silva", "Amelia Stone", "Noah Becker", "Yuki Tanaka", "Paul Dubois",
    "Zainab Yusuf", "Oliver Grant", "Carla Mendes", "Erik Johansson", "Meera Iyer", "Jonas Weber", "Rachel Cohen",
    "Diego Romero", "Anna Kallio", "Martin Hughes", "Fatima Zahra", "Peter Novotny", "Linh Tran", "George Papadakis",
    "Isabel Torres", "Adam Nowak", "Clara Jensen", "Vikram Rao", "Emma Laurent",
)  # fmt: skip
# Role of U001, U002, ...: 19 developers, 6 managers, 6 of HR, 8 of finance, 11 of sales.
ROLES = (
    *("Developer",) * 3, "Manager", "Manager", "HR", "Finance", "Sales", "Manager", "Manager",
    "Manager", "Manager", *("Developer",) * 16, *("HR",) * 5, *("Finance",) * 7, *("Sales",) * 10,
)  # fmt: skip
# Who leads whom; U010 leads the managers.
LEADERS = {"Developer": "U004", "HR": "U005", "Finance": "U009", "Sales": "U011", "Manager": "U010"}
SECOND_LEADER = "U012"  # of every second developer


@dataclass(frozen=True, slots=True)
class Habits:
    """What a role does. Sizes in MB (median); shares of 1. `folders` are typical, `outside` are partners' hosts."""

    folders: tuple[str, ...]
    files: tuple[str, ...]
    median_mb: float
    sensitive: float
    mail: float
    external: float
    outside: tuple[str, ...]


HABITS = {
    "Developer": Habits(
        ("/src/platform", "/src/billing", "/docs/design", "/build/reports"),
        ("service.py", "client.py", "notes.md", "schema.sql", "coverage.html", "release.zip"),
        0.06, 0.02, 0.25, 0.06, ("oss-foundation.example.org", "toolmaker.example.net"),
    ),
    "HR": Habits(
        ("/hr/recruiting", "/hr/policies", "/hr/records", "/hr/training"),
        ("applicants.xlsx", "handbook.docx", "contract.pdf", "reviews.docx", "plan.xlsx"),
        0.8, 0.30, 0.50, 0.25, ("jobs-board.example.net", "training-house.example.org"),
    ),
    "Finance": Habits(
        ("/finance/invoices", "/finance/reports", "/finance/budget", "/finance/tax"),
        ("report.xlsx", "invoice.pdf", "forecast.xlsx", "ledger.csv", "summary.pptx"),
        2.0, 0.25, 0.40, 0.20, ("bank.example.net", "auditors.example.org"),
    ),
    "Manager": Habits(
        ("/management/plans", "/management/board", "/finance/reports", "/hr/policies"),
        ("strategy.pptx", "roadmap.xlsx", "minutes.docx", "review.pdf"),
        1.5, 0.15, 0.60, 0.15, ("partners.example.net", "advisors.example.org"),
    ),
    "Sales": Habits(
        ("/sales/offers", "/sales/customers", "/sales/material", "/marketing/campaigns"),
        ("offer.docx", "deck.pptx", "pricelist.xlsx", "customer.pdf", "video.mp4"),
        3.0, 0.05, 0.60, 0.40, ("customer-one.example.net", "customer-two.example.org", "reseller.example.net"),
    ),
}  # fmt: skip


@cache
def _people() -> tuple[Subject, ...]:
    names = (*SEED_NAMES, *OTHER_NAMES)
    return tuple(_person(place, name, role) for place, (name, role) in enumerate(zip(names, ROLES, strict=True), 1))


def _person(place: int, name: str, role: str) -> Subject:
    subject_id = f"U{place:03d}"
    leader = SECOND_LEADER if role == "Developer" and place % 2 == 0 else LEADERS[role]
    first, _, last = name.lower().partition(" ")
    email = f"{first}.{last.replace(' ', '')}@{DOMAIN}" if last else f"{first}@{DOMAIN}"
    return Subject(subject_id, name, email, role, DEPARTMENTS[role], None if leader == subject_id else leader)


def people() -> list[Subject]:
    """U001 to U050, by id."""
    return list(_people())
