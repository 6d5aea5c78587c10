"""The part of SQL that both protocols accept in a filter, evaluated over whole columns.

`1=1`, comparisons, BETWEEN, IN, IS [NOT] NULL, AND, OR, parentheses.
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

Column = Callable[[str], np.ndarray | None]

_TOKENS = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[:\w]+)"
    r"|(?P<sign><=|>=|<>|!=|=|<|>|\(|\)|,))"
)
_COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_KEYWORDS = {"AND", "OR", "BETWEEN", "IN", "IS", "NOT", "NULL", "DATE", "TIMESTAMP"}


class BadWhere(ValueError):
    """The filter cannot be parsed or names an unknown field."""


def matching(where: str, column: Column, size: int) -> np.ndarray:
    """Mask of the records that pass `where`.

    Args:
        column: values of a field for all records, None for an unknown one.
    Raises:
        BadWhere: not the SQL above.
    """
    return _Parser(where, column, size).parse()


class _Parser:
    def __init__(self, where: str, column: Column, size: int) -> None:
        self.column, self.size = column, size
        self.tokens: list[tuple[str, str]] = []
        end, where = 0, where.rstrip()
        while end < len(where):
            if not (match := _TOKENS.match(where, end)):
                raise BadWhere(f"cannot read {where[end:]!r}")
            kind = str(match.lastgroup)
            token = match.group(kind)
            if kind == "word" and token.upper() in _KEYWORDS:
                kind, token = "keyword", token.upper()
            self.tokens.append((kind, token))
            end = match.end()
        self.next = 0

    def parse(self) -> np.ndarray:
        mask = self._either()
        if self.next < len(self.tokens):
            raise BadWhere(f"unexpected {self.tokens[self.next][1]!r}")
        return mask

    def _peek(self) -> str:
        return self.tokens[self.next][1] if self.next < len(self.tokens) else ""

    def _take(self, expected: str | None = None) -> tuple[str, str]:
        if self.next >= len(self.tokens):
            raise BadWhere("the filter ends too early")
        kind, token = self.tokens[self.next]
        if expected is not None and token != expected:
            raise BadWhere(f"expected {expected}, found {token!r}")
        self.next += 1
        return kind, token

    def _either(self) -> np.ndarray:
        mask = self._both()
        while self._peek() == "OR":
            self._take()
            mask = mask | self._both()
        return mask

    def _both(self) -> np.ndarray:
        mask = self._one()
        while self._peek() == "AND":
            self._take()
            mask = mask & self._one()
        return mask

    def _one(self) -> np.ndarray:
        if self._peek() == "(":
            self._take("(")
            mask = self._either()
            self._take(")")
            return mask
        kind, token = self._take()
        if kind == "number":  # 1=1
            _, sign = self._take()
            return np.full(self.size, self._compare(sign)(float(token), self._literal()))
        if kind != "word":
            raise BadWhere(f"expected a field, found {token!r}")
        values = self.column(token)
        if values is None:
            raise BadWhere(f"no field {token!r}")
        return self._condition(values)

    def _condition(self, values: np.ndarray) -> np.ndarray:
        _, token = self._take()
        if token == "IS":
            negated = self._peek() == "NOT"
            if negated:
                self._take("NOT")
            self._take("NULL")
            null = np.array([v is None for v in values.tolist()], dtype=bool)
            return ~null if negated else null
        if token == "BETWEEN":
            low = self._literal()
            self._take("AND")
            high = self._literal()
            return self._test(values, lambda v: (v >= low) & (v <= high))
        if token == "IN":
            self._take("(")
            wanted = [self._literal()]
            while self._peek() == ",":
                self._take(",")
                wanted.append(self._literal())
            self._take(")")
            if values.dtype != object:
                return np.isin(values, wanted)
            members = set(wanted)
            return np.array([v in members for v in values.tolist()], dtype=bool)
        compare, value = self._compare(token), self._literal()
        return self._test(values, lambda v: compare(v, value))

    @staticmethod
    def _compare(sign: str) -> Callable[[Any, Any], Any]:
        if sign not in _COMPARE:
            raise BadWhere(f"expected a comparison, found {sign!r}")
        return _COMPARE[sign]

    @staticmethod
    def _test(values: np.ndarray, test: Callable[[Any], Any]) -> np.ndarray:
        """Null never passes; comparing text with a number is an error of the caller."""
        try:
            if values.dtype != object:
                return np.asarray(test(values), dtype=bool)
            return np.array([v is not None and bool(test(v)) for v in values.tolist()], dtype=bool)
        except (TypeError, np.exceptions.DTypePromotionError) as error:
            raise BadWhere(str(error)) from error

    def _literal(self) -> Any:
        kind, token = self._take()
        if kind == "keyword" and token in ("DATE", "TIMESTAMP"):
            _, text = self._take()
            try:
                moment = datetime.fromisoformat(text.strip("'")).replace(tzinfo=UTC)
            except ValueError as error:
                raise BadWhere(f"not a date: {text}") from error
            return int(moment.timestamp() * 1000)
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return float(token) if "." in token else int(token)
        raise BadWhere(f"expected a value, found {token!r}")
