"""Expressions parsed once: moto parses the same condition three times per request, in a millisecond each."""

from collections import OrderedDict
from functools import lru_cache
from typing import Any

from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

REMEMBERED = 2_000
Parsed = tuple[Any, list[str], list[str]]

_stock_parse = ConditionExpressionParser.parse
_stock_make = UpdateExpressionParser.make
_conditions: OrderedDict[tuple[str, str, str], Parsed] = OrderedDict()


def _parse(self: ConditionExpressionParser) -> Any:
    expression = self.condition_expression
    if not expression:
        return _stock_parse(self)
    key = (expression, repr(self.expression_attribute_names), repr(self.expression_attribute_values))
    known = _conditions.get(key)
    if known is None:
        operation = _stock_parse(self)
        # Copies: the callers add to these lists.
        _conditions[key] = operation, list(self.expr_attr_names_found), list(self.expr_attr_values_found)
        _forget_oldest()
        return operation
    operation, names, values = known
    self.expr_attr_names_found.extend(names)
    self.expr_attr_values_found.extend(values)
    return operation


def _forget_oldest() -> None:
    while len(_conditions) > REMEMBERED:
        try:
            _conditions.popitem(last=False)
        except KeyError:
            return


@lru_cache(REMEMBERED)
def _make(expression: str) -> Any:
    """The validator works on a copy of the tree, so that it can be kept."""
    return _stock_make(expression)


def install() -> None:
    ConditionExpressionParser.parse = _parse
    UpdateExpressionParser.make = _make
    ReservedKeywords.KEYWORDS = frozenset(ReservedKeywords.get_reserved_keywords())
