"""The syntax of selection expressions: from text to a tree.

    expression = term (("and" | "or" | ",") term)*         "and" binds tighter than "or"
    term       = "not" term | walk                         the words may be written in capitals
    walk       = ("*" | "+"* | N "+")? atom ("*" | "+"* | "+" N)?
    atom       = "*" | "(" expression ")" | function "(" expression ")" | attribute ":" value | name

Around a bare name each `+` is one step along the graph and `*` is all of it; around anything else a lone `+` is all of
it, as `1+` and `+1` say one step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from headrace.errors import InvalidDefinitionError

# What the console knows of assets, beside what their definitions say.
KNOWN_ELSEWHERE = ("code_location", "status", "changed_in_branch", "automation_type", "sensor", "schedule", "job")
ATTRIBUTES = (
    *(
        "key",
        "key_substring",
        "tag",
        "owner",
        "group",
        "kind",
        "column",
        "table_name",
        "column_tag",
        "is",
        "partitions",
    ),
    *KNOWN_ELSEWHERE,
)
PAIRED = ("tag", "column_tag")
NULL = "<null>"
_WORDS = frozenset({"AND", "OR", "NOT"})
FUNCTIONS = ("sinks", "roots")

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<symbol>[()+*,:=])
      | (?P<word>[^\s()+*,:="]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Everything:
    """`*`."""


@dataclass(frozen=True)
class Name:
    """A bare key."""

    text: str


@dataclass(frozen=True)
class Attribute:
    """`group:sales`, `tag:layer=gold`, `key:"a/*"`; the value is None for `<null>`."""

    name: str
    value: str | None
    second: str | None = None


@dataclass(frozen=True)
class Call:
    """`sinks(…)`, `roots(…)`."""

    function: str
    inner: Tree


@dataclass(frozen=True)
class Walk:
    """Steps along the graph; -1 stands for all of it, 0 for none."""

    inner: Tree
    up: int
    down: int


@dataclass(frozen=True)
class Not:
    """What an expression does not select."""

    inner: Tree


@dataclass(frozen=True)
class Both:
    """`and`."""

    left: Tree
    right: Tree


@dataclass(frozen=True)
class Either:
    """`or`."""

    left: Tree
    right: Tree


Tree = Everything | Name | Attribute | Call | Walk | Not | Both | Either


def parse_selection(text: str) -> Tree:
    """Reads an expression; raises an error that points at the place where it stops making sense."""
    parser = _Parser(text)
    tree = parser.either()
    if parser.token is not None:
        parser.fail("expected 'and', 'or' or the end")
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._index = 0

    @property
    def token(self) -> str | None:
        """The token to read next."""
        return self._tokens[self._index][0] if self._index < len(self._tokens) else None

    def either(self) -> Tree:
        tree = self._both()
        while self._accept("or") or self._accept(","):
            tree = Either(tree, self._both())
        return tree

    def _both(self) -> Tree:
        tree = self._term()
        while self._accept("and"):
            tree = Both(tree, self._term())
        return tree

    def _term(self) -> Tree:
        if self._accept("not"):
            return Not(self._term())
        return self._walk()

    def _walk(self) -> Tree:
        if self.token == "*" and self._peek() in (None, ")", "and", "or", ","):
            self._index += 1
            return Everything()
        before = self._steps_before()
        atom = self._atom()
        after = self._steps_after()
        unit = 1 if isinstance(atom, Name) else -1
        up, down = (_depth(steps, unit) for steps in (before, after))
        return Walk(atom, up, down) if up or down else atom

    def _steps_before(self) -> list[str]:
        if self.token is not None and self.token.isdigit() and self._peek() == "+":
            self._index += 2
            return [self._tokens[self._index - 2][0]]
        return self._symbols()

    def _steps_after(self) -> list[str]:
        steps = self._symbols()
        if steps == ["+"] and self.token is not None and self.token.isdigit():
            self._index += 1
            return [self._tokens[self._index - 1][0]]
        return steps

    def _symbols(self) -> list[str]:
        found = []
        while self.token in ("+", "*"):
            found.append(str(self.token))
            self._index += 1
        return found

    def _atom(self) -> Tree:
        if self._accept("("):
            inner = self.either()
            self._expect(")")
            return inner
        word = self._word("an asset, an attribute or '('")
        if word in FUNCTIONS and self._accept("("):
            inner = self.either()
            self._expect(")")
            return Call(word, inner)
        if self._accept(":"):
            return self._attribute(word)
        return Name(word)

    def _attribute(self, name: str) -> Tree:
        if name not in ATTRIBUTES:
            self._index -= 2
            self.fail(f"expected one of {', '.join(ATTRIBUTES)} before ':'")
        if self._accept(NULL):
            return Attribute(name, None)
        value = self._pattern() if name == "key" else self._word(f"a value for {name}")
        if name == "owner" and value == "team" and self._accept(":"):
            value = f"team:{self._word('the name of a team')}"
        second = self._word("the value of the tag") if name in PAIRED and self._accept("=") else None
        return Attribute(name, value, second)

    def _pattern(self) -> str:
        """A key in which `*` may stand for anything, so that it may consist of several tokens."""
        if self.token != "*":
            first = self._word("a key")
        else:
            first = "*"
            self._index += 1
        parts = [first]
        while self.token is not None and self._glued() and self.token not in ("+", ")", ","):
            parts.append(_unquoted(self.token))
            self._index += 1
        return "".join(parts)

    def _glued(self) -> bool:
        """Whether the next token follows the one before without a space."""
        previous_end = self._tokens[self._index - 1][2]
        return self._tokens[self._index][1] == previous_end

    def _word(self, what: str) -> str:
        token = self.token
        if token is None or token in "()+*,:=":
            self.fail(f"expected {what}")
        self._index += 1
        return _unquoted(token)

    def _peek(self) -> str | None:
        return self._tokens[self._index + 1][0] if self._index + 1 < len(self._tokens) else None

    def _accept(self, token: str) -> bool:
        if self.token != token:
            return False
        self._index += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            self.fail(f"expected {token!r}")

    def fail(self, message: str) -> NoReturn:
        at = self._tokens[self._index][1] if self._index < len(self._tokens) else len(self._text)
        found = f"found {self.token!r}" if self.token is not None else "found the end"
        raise InvalidDefinitionError(
            f"The selection {self._text!r} cannot be read: {message} at position {at}, {found}."
        )


def _tokens(text: str) -> list[tuple[str, int, int]]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidDefinitionError(f"The selection {text!r} cannot be read at position {position}.")
        group = str(match.lastgroup)
        token = match.group(group)
        tokens.append((token.lower() if token in _WORDS else token, match.start(group), match.end(group)))
        position = match.end()
    return tokens


def _unquoted(token: str) -> str:
    return token[1:-1].replace('\\"', '"') if token.startswith('"') else token


def _depth(steps: list[str], unit: int) -> int:
    if not steps:
        return 0
    if steps[0].isdigit():
        return int(steps[0])
    if "*" in steps or unit == -1:
        return -1
    return len(steps)
