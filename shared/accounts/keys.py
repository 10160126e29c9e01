"""The keys of accounts and of their ledger; the table of questions stands in repository.py."""

from datetime import date


def partition(account_id: str) -> str:
    """ACCOUNT#507f1f77bcf86cd799439011"""
    return f"ACCOUNT#{account_id}"


def account_key(account_id: str) -> dict[str, str]:
    """ACCOUNT#507f1f77bcf86cd799439011 / ACCOUNT"""
    return {"pk": partition(account_id), "sk": "ACCOUNT"}


def usage_key(account_id: str, day: date) -> dict[str, str]:
    """ACCOUNT#507f1f77bcf86cd799439011 / USAGE#2026-11-22"""
    return {"pk": partition(account_id), "sk": f"USAGE#{day.isoformat()}"}


def hold_key(account_id: str, operation_id: str) -> dict[str, str]:
    """ACCOUNT#507f1f77bcf86cd799439011 / HOLD#op_5f0c..."""
    return {"pk": partition(account_id), "sk": f"HOLD#{operation_id}"}


def ledger_key(operation_id: str) -> dict[str, str]:
    """LEDGER#op_5f0c... / LEDGER"""
    return {"pk": f"LEDGER#{operation_id}", "sk": "LEDGER"}
