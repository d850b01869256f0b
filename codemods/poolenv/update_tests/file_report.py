"""One test file: its claims judged, its texts and patterns checked, its edits made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial

from poolenv.model import Edit, Plan, Remark
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.program import Program
from poolenv.syntax.source.tokens import tokenize
from poolenv.update_tests.added_arguments import added_arguments
from poolenv.update_tests.claims import Claims
from poolenv.update_tests.doctests import Example, examples_of, examples_of_text, text_module
from poolenv.update_tests.facts import Fact
from poolenv.update_tests.flow import Flow
from poolenv.update_tests.judging import Judge, Judgement, total_of
from poolenv.update_tests.literals import rewritten
from poolenv.update_tests.messages import (
    described_edits,
    message_edits,
    total_edits,
    words_of,
    words_of_text,
)
from poolenv.update_tests.modules import Modules
from poolenv.update_tests.own_settings import OwnSettings, own_settings
from poolenv.update_tests.pattern_checks import PatternCheck, PatternChecks
from poolenv.update_tests.possible import possible_remarks
from poolenv.update_tests.rewritten import Rewritten
from poolenv.update_tests.subjects import Subjects
from poolenv.update_tests.text_checks import TextChecks
from poolenv.update_tests.trails import Trails
from poolenv.update_tests.units import Unit, units_of

_GENERAL = frozenset(
    {"pool_size", "max_overflow", "pool_timeout", "pool_recycle", "min_size", "max_size", "timeout"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """A text that a test looks for, and the comparison or call that looks."""

    text: str
    literal: ast.expr
    place: ast.AST


@dataclass(slots=True)
class FileReport:
    """What one test file comes to."""

    path: str
    edits: list[Edit] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    judged: list[tuple[Judgement, OwnSettings]] = field(default_factory=list)
    searched: list[Searched] = field(default_factory=list)
    """Texts and patterns that were edited."""

    def add(self, found: Edit | Remark | None) -> None:
        """Keep what a check came to."""
        if isinstance(found, Edit):
            self.edits.append(found)
        elif found is not None:
            self.remarks.append(found)


class Reporter:
    """Reads test files one by one with the same facts."""

    def __init__(
        self,
        program: Program,
        facts: tuple[Fact, ...],
        files: tuple[Rewritten, ...],
        plan: Plan,
    ) -> None:
        self.program = program
        self.plan = plan
        self.flow = Flow(program)
        self.vocabulary = frozenset(name for fact in facts for name in fact.keys)
        self.subjects = Subjects(self.flow, self.vocabulary)
        self.claims = Claims(self.flow, self.subjects)
        modules = Modules(program)
        trails = Trails(self.flow, modules)
        self.judge = Judge(facts, modules, trails)
        self.texts = TextChecks(self.flow, trails, self.judge, files)
        self.patterns = PatternChecks(self.flow, self.subjects, self.texts)

    def report(self, path: str) -> FileReport:
        """Everything about one file; a remark alone where it can't be parsed."""
        report = FileReport(path)
        module = self.program.module(path)
        if module is None:
            skipped = self.program.skipped.get(path)
            line, reason = (skipped.line or 1, skipped.reason) if skipped else (1, "is not read")
            text = f"{reason}; check by hand what it expects of the pools"
            report.remarks.append(Remark(path, line, text))
            return report
        patterns: list[PatternCheck] = []
        units = list(units_of(self.program, module))
        for unit in units:
            own = cache(partial(own_settings, self.flow, unit))
            for claim in self.claims.of(unit):
                judgement = self.judge.judge(claim, own)
                if judgement is not None:
                    report.judged.append((judgement, own()))
            for check in self.texts.of(unit):
                found = self.texts.settle(check, own)
                report.add(found)
                if isinstance(found, Edit):
                    report.searched.append(Searched(check.text, check.needle.expr, check.place))
            patterns += self.patterns.of(unit)
            report.remarks += possible_remarks(self.judge, unit)
        self._patterns(report, patterns)
        self._literals(report)
        judgements = [judgement for judgement, _ in report.judged]
        for added in added_arguments(self.plan.additions, judgements, module):
            report.add(added)
        self._judge_examples(report, module, examples_of(module, self.subjects))
        self._words(report, module)
        return report

    def _patterns(self, report: FileReport, checks: list[PatternCheck]) -> None:
        for found in self.patterns.settle(checks):
            report.add(found)
            if not isinstance(found, Edit):
                continue
            for check in checks:
                lines, expr = check.pattern.module.lines, check.pattern.expr
                start, end = lines.range_of(expr)
                if lines.path == found.path and start <= found.start <= end:
                    report.searched.append(Searched(check.text, expr, check.place))

    def text_file(self, path: str, data: bytes) -> FileReport:
        """The doctests of a text file below a test folder."""
        report = FileReport(path)
        module = text_module(path, data)
        self._judge_examples(report, module, examples_of_text(module, self.subjects))
        return report

    def doctests(self, path: str, *, is_edited: bool) -> FileReport:
        """The doctests alone of a module that is no test; of an edited one as remarks."""
        report = FileReport(path)
        module = self.program.module(path)
        if module is not None:
            self._judge_examples(report, module, examples_of(module, self.subjects))
        if is_edited:
            report.remarks += [
                Remark(path, edit.line, f"a doctest expects {edit.old} here; {edit.reason}")
                for edit in report.edits
            ]
            report.edits.clear()
        return report

    def _literals(self, report: FileReport) -> None:
        """One edit per literal on which all its claims agree, else a remark."""
        by_literal: dict[int, list[Judgement]] = {}
        for judgement, _ in report.judged:
            by_literal.setdefault(id(judgement.claim.literal.expr), []).append(judgement)
        for judgements in by_literal.values():
            first = judgements[0]
            literal = first.claim.literal
            lines = literal.module.lines
            doubts = [judgement.doubt for judgement in judgements if judgement.doubt]
            news = {repr(judgement.new) for judgement in judgements}
            if not doubts and len(news) == 1:
                if first.changes:
                    report.edits.append(_literal_edit(first))
            elif any(j.changes or j.doubt for j in judgements):
                why = doubts[0] if doubts else "it is expected of several arguments that differ now"
                text = f"expects {lines.source(literal.expr)}: {why}"
                report.remarks.append(Remark(lines.path, literal.expr.lineno, text))

    def _judge_examples(
        self, report: FileReport, module: Module, examples: Iterable[Example]
    ) -> None:
        for example in examples:
            judgement = self.judge.judge(example.claim, OwnSettings)
            if judgement is None or not (judgement.changes or judgement.doubt):
                continue
            old = module.lines.text[example.start : example.end]
            line = module.lines.position(example.start)[0]
            if judgement.doubt:
                report.remarks.append(
                    Remark(module.path, line, f"expects {old}: {judgement.doubt}")
                )
                continue
            new = rewritten(old, judgement.old, judgement.new)
            reason = _reason(judgement)
            report.edits.append(
                Edit(module.path, example.start, example.end, old, new, reason, line)
            )

    def _words(self, report: FileReport, module: Module) -> None:
        edited = {(edit.path, edit.start) for edit in report.edits}
        changed = [j for j, _ in report.judged if self._is_edited(j, edited)]
        if not changed and not report.searched:
            return
        parents = {
            id(child): node
            for node in ast.walk(module.tree)
            for child in ast.iter_child_nodes(node)
        }
        tokens = tokenize(module.source.text)
        vocabulary = self.vocabulary | _GENERAL
        totals = total_of(self.plan.pools)
        for judgement in changed:
            words = words_of(judgement, vocabulary)
            claim = judgement.claim
            report.edits += message_edits(module, claim.place, claim.literal.expr, words, parents)
            report.edits += described_edits(judgement, words, tokens)
            if totals is not None:
                report.edits += total_edits(judgement.claim.unit.nodes, module, totals)
            report.remarks += _stale_name(judgement)
        for searched in report.searched:
            spoken = words_of_text(self.judge.facts, searched.text, vocabulary)
            if spoken is not None:
                report.edits += message_edits(
                    module, searched.place, searched.literal, spoken, parents
                )

    @staticmethod
    def _is_edited(judgement: Judgement, edited: set[tuple[str, int]]) -> bool:
        literal = judgement.claim.literal
        lines = literal.module.lines
        return judgement.changes and (lines.path, lines.range_of(literal.expr)[0]) in edited


def _literal_edit(judgement: Judgement) -> Edit:
    literal = judgement.claim.literal
    lines = literal.module.lines
    start, end = lines.range_of(literal.expr)
    old = lines.text[start:end]
    new = rewritten(old, judgement.old, judgement.new)
    return Edit(lines.path, start, end, old, new, _reason(judgement), literal.expr.lineno)


def _reason(judgement: Judgement) -> str:
    names = sorted({fact.argument for fact in judgement.facts})
    return f"{' + '.join(names)} is {judgement.new} now, was {judgement.old}"


def _stale_name(judgement: Judgement) -> Iterator[Remark]:
    """A test that has the old number in its name: renaming it is the person's choice."""
    unit: Unit = judgement.claim.unit
    name = getattr(unit.scopes[0].node, "name", "")
    if re.search(rf"(?<!\d){re.escape(str(judgement.old))}(?!\d)", name):
        line = getattr(unit.scopes[0].node, "lineno", 1)
        text = f"{name} still names the old value {judgement.old}; it expects {judgement.new} now"
        yield Remark(unit.module.path, line, text)
