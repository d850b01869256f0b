"""One changed Python file: what differs, whether it is a setting, and what its values give."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from poolenv.masking import mask, printable
from poolenv.model import Check, Decision, Edit, Plan, Remark, Scalar, Site, Verdict
from poolenv.prove.evaluate import Trial
from poolenv.prove.names import check_names
from poolenv.prove.places import Place
from poolenv.prove.structure import check_evaluation_time
from poolenv.prove.trials import trials_of
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines
from poolenv.update_tests.checking_files import is_check_script
from poolenv.verification.differences import Difference, Kind, differences
from poolenv.verification.known_settings import KnownSettings, Numbered, bound_names
from poolenv.verification.result import Setting
from poolenv.verification.unseen import unseen_lines

ONLY_SETTINGS = "only settings"
_SHOWN = 60
_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in one file."""

    settings: tuple[Setting, ...] = ()
    checks: tuple[Check, ...] = ()
    trials: tuple[Trial, ...] = ()
    listed: tuple[Remark, ...] = ()


def judge_file(path: str, old_text: str, new_text: str, sides: tuple[Numbered, Numbered]) -> Judged:
    """Compare the two versions; evaluating the trials is left to the caller.

    A file that does not parse on either side fails a check.
    """
    try:
        old, new = parse(old_text, path), parse(new_text, path)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Judged(checks=(Check(path, "parses", False, f"does not parse: {error}"),))
    lines = Lines(path, old_text), Lines(path, new_text)
    known = KnownSettings(*lines, *sides, bound_names(old))
    try:
        found = differences(old, new, known)
    except RecursionError:
        detail = "nested too deeply to compare"
        return Judged(checks=(Check(path, ONLY_SETTINGS, False, detail),))
    found = tuple(d for d in found if not _serves(d, known.borrowed))
    if is_check_script(path):
        found = tuple(_expectation(difference) for difference in found)
    changed = _Changed(path, known, found)
    places = changed.places
    replaced = tuple(place for place in places if place.edit.old)
    trials = tuple(trials_of(changed.plan, new, lines[1], places))
    checks = (
        Check(path, "parses", True, "parses"),
        *changed.checks(unseen_lines(old_text, new_text, found)),
        check_names(path, new, new_text, changed.evaluated),
        check_evaluation_time(path, old, new, (old_text, new_text), replaced),
        *(check for check in trials if isinstance(check, Check)),
    )
    words = tuple(Remark(path, d.line, _words(d)) for d in found if d.kind is Kind.WORDS)
    return Judged(
        changed.settings(),
        checks,
        tuple(trial for trial in trials if isinstance(trial, Trial)),
        (*words, *_comments(path, old_text, new_text)),
    )


def _serves(difference: Difference, borrowed: set[str]) -> bool:
    """Whether an import only brings names that settings are traced through."""
    old, new = difference.old, difference.new
    if not isinstance(new, ast.ImportFrom) or not isinstance(old, ast.ImportFrom | None):
        return False
    if old is not None and (old.module, old.level) != (new.module, new.level):
        return False
    had = {ast.dump(alias) for alias in old.names} if old is not None else set[str]()
    came = [alias for alias in new.names if ast.dump(alias) not in had]
    kept = len(new.names) - len(came) == len(had)
    return bool(came) and kept and all((a.asname or a.name) in borrowed for a in came)


def _expectation(difference: Difference) -> Difference:
    """In a script that checks other files, another text or number is what it expects now."""
    written = (ast.Constant, ast.JoinedStr)
    if isinstance(difference.old, written) and isinstance(difference.new, written):
        return replace(difference, kind=Kind.WORDS)
    return difference


def _words(difference: Difference) -> str:
    return "a docstring changed" if isinstance(difference.old, ast.Expr) else _told(difference)


class _Changed:
    """The differences of one file as places, decisions, settings and checks."""

    def __init__(self, path: str, known: KnownSettings, found: tuple[Difference, ...]) -> None:
        self.path = path
        self.known = known
        self.found = found
        self.places = tuple(self._place(number, *pair) for number, pair in enumerate(self._pairs()))
        self.evaluated = tuple(
            place
            for place, (_, _, new) in zip(self.places, self._pairs(), strict=True)
            if not isinstance(new, ast.Name | ast.Attribute)
        )
        """Without the names that lead elsewhere: those were traced."""
        self.plan = Plan(tuple(self._decisions()), (), ())

    def _pairs(self) -> Iterator[tuple[Difference, ast.expr | None, ast.expr | ast.stmt]]:
        """Settings and additions with their nodes."""
        for difference in self.found:
            if difference.kind is Kind.SETTING:
                assert isinstance(difference.old, ast.expr)
                assert isinstance(difference.new, ast.expr)
                yield difference, difference.old, difference.new
            elif difference.kind is Kind.ADDED:
                value = getattr(difference.new, "value", None)
                if isinstance(value, ast.expr):
                    yield difference, None, value

    def _place(
        self, number: int, difference: Difference, old: ast.expr | None, new: ast.expr | ast.stmt
    ) -> Place:
        end = len(self.known.old.text) + number  # Of an addition: any offset of its own will do.
        before = (end, end) if old is None else self.known.old.range_of(old)
        after = self.known.new.range_of(new)
        old_text, new_text = self.known.old.text[slice(*before)], self.known.new.text[slice(*after)]
        edit = Edit(self.path, *before, old_text, new_text, "", difference.line)
        return Place(edit, before, after)

    def _decisions(self) -> Iterator[Decision]:
        for place, (_, old, new) in zip(self.places, self._pairs(), strict=True):
            assert isinstance(new, ast.expr)
            there = self.known.branch_sites(new)
            was_whole = self._was_whole(old)
            for site in there:
                value = _whole(site.value) if was_whole else site.value
                yield self._decision(site, place, site.env, value)
            if not there and old is not None and not isinstance(new, ast.Name | ast.Attribute):
                for site in self.known.base_sites(old):
                    yield self._decision(site, place, _variable(new), site.value)

    def _was_whole(self, old: ast.expr | None) -> bool:
        """Whether the old expression gave whole numbers: the new one has to, too."""
        before = self.known.base_sites(old) if old is not None else ()
        return any(type(site.value) is int for site in before)

    @staticmethod
    def _decision(site: Site, place: Place, variable: str | None, value: Scalar) -> Decision:
        return Decision(site, Verdict.REWRITE, "", variable, value, place.edit)

    def settings(self) -> tuple[Setting, ...]:
        """Every setting with its values on both sides."""
        made = []
        for place, (difference, old, new) in zip(self.places, self._pairs(), strict=True):
            assert isinstance(new, ast.expr)
            before = self.known.base_sites(old) if old is not None else ()
            after = self.known.branch_sites(new) or self.known.after.at(
                self.known.before.address(site) for site in before
            )
            sites = after or before
            made.append(
                Setting(
                    path=self.path,
                    line=difference.line,
                    arguments=tuple(sorted({site.argument for site in sites})),
                    old_text=_short(place.edit.old),
                    new_text=_short(place.edit.new),
                    before=_values(before),
                    after=_values(after),
                    variables=tuple(sorted({site.env for site in after if site.env})),
                )
            )
        return tuple(made)

    def checks(self, unseen: Iterable[tuple[int, str]]) -> Iterator[Check]:
        """One failed check per foreign change, or one that says there is none."""
        foreign = [(d.line, _told(d)) for d in self.found if d.kind is Kind.OTHER]
        foreign += [(line, f"`{_short(text)}`, in newer syntax") for line, text in unseen]
        for line, told in foreign:
            detail = f"{self.path}:{line}: changes something else: {told}"
            yield Check(self.path, ONLY_SETTINGS, False, detail)
        if not foreign:
            count = len(self.places)
            detail = f"the syntax trees differ in {count} pool setting{'s' if count != 1 else ''}"
            yield Check(self.path, ONLY_SETTINGS, True, detail)


def _whole(value: Scalar) -> Scalar:
    """The number that a text of digits stands for; anything else as it is."""
    if isinstance(value, str) and value.isdecimal() and len(value) < _LONGEST_NUMBER:
        return int(value)
    return value


def _variable(node: ast.expr) -> str | None:
    """The first variable that an expression reads, where no trace tells."""
    for inner in ast.walk(node):
        match inner:
            case ast.Call(args=[ast.Constant(value=str() as name), *_]):
                if name.isidentifier():
                    return name
            case ast.Subscript(slice=ast.Constant(value=str() as name)):
                return name
    return None


def _values(sites: tuple[Site, ...]) -> tuple[Scalar, ...]:
    return tuple(dict.fromkeys(site.value for site in sites))


def _told(difference: Difference) -> str:
    old, new = (
        None if node is None else _short(ast.unparse(ast.fix_missing_locations(node)))
        for node in (difference.old, difference.new)
    )
    if old is None:
        return f"`{new}` is added"
    return f"`{old}` is removed" if new is None else f"`{old}` became `{new}`"


def _short(text: str) -> str:
    line = mask(printable(" ".join(text.split()), one_line=True))
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _comments(path: str, old: str, new: str) -> Iterator[Remark]:
    before, after = _comments_of(old), _comments_of(new)
    old_texts, new_texts = ([text for _, text in found] for found in (before, after))
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=False)
    for tag, _, _, first, last in matcher.get_opcodes():
        if tag == "delete":
            line = after[first][0] if first < len(after) else 1
            yield Remark(path, line, "a comment is removed")
        elif tag != "equal":
            for line, _ in after[first:last]:
                yield Remark(path, line, "a comment changed")


def _comments_of(text: str) -> list[tuple[int, str]]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []  # Newer syntax than the interpreter's: what runs was compared by its tree.
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
