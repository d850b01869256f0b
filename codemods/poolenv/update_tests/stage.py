"""The stage: evidence in, edits and remarks out."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

from poolenv.model import Edit, Plan, Remark, Snapshot
from poolenv.syntax.program import Program
from poolenv.update_tests.ambient import ambient_remarks
from poolenv.update_tests.checking_files import checking_files, doctest_files
from poolenv.update_tests.data_files import data_edits, text_files
from poolenv.update_tests.facts import facts_of
from poolenv.update_tests.file_report import FileReport, Reporter
from poolenv.update_tests.rewritten import rewritten_files


def update_tests(snapshot: Snapshot, plan: Plan) -> tuple[tuple[Edit, ...], tuple[Remark, ...]]:
    """Edits that keep the repository's tests true after the plan, and what a person should see.

    Edits are of test files, check scripts and test data, never of files that the plan edits
    outside of tests; they overlap neither each other nor the plan's. Both tuples are in order of
    path and position.
    """
    program = Program(snapshot)
    facts = facts_of(program, plan)
    is_added = any(addition.edit is not None for addition in plan.additions)
    if not is_added and not any(fact.edit is not None for fact in facts):
        return (), ()
    reporter = Reporter(program, facts, rewritten_files(snapshot, plan, facts), plan)
    reports = [_reported(reporter, path) for path in checking_files(snapshot, plan, facts)]
    code = {edit.path for edit in plan.edits}
    reports += [
        reporter.doctests(path, is_edited=path in code)
        for path in doctest_files(snapshot, facts)
        if path not in {report.path for report in reports}
    ]
    other = snapshot.other
    reports += [reporter.text_file(path, other[path]) for path in text_files(other)]
    edits = [edit for report in reports for edit in report.edits]
    remarks = [remark for report in reports for remark in report.remarks]
    for report in reports:
        remarks += ambient_remarks(report.judged)
    for found in data_edits(snapshot.other, facts, _mentioned(program)):
        if isinstance(found, Edit):
            edits.append(found)
        else:
            remarks.append(found)
    kept, doubled = _apart(edits, plan.edits)
    remarks += doubled
    kept.sort(key=lambda edit: (edit.path, edit.start))
    unique = dict.fromkeys(sorted(remarks, key=lambda r: (r.path, r.line, r.text)))
    return tuple(kept), tuple(unique)


def _reported(reporter: Reporter, path: str) -> FileReport:
    try:
        return reporter.report(path)
    except RecursionError:
        report = FileReport(path)
        text = "nested too deeply to be read; check by hand what it expects of the pools"
        report.remarks.append(Remark(path, 1, text))
        return report


def _apart(edits: list[Edit], planned: Iterable[Edit]) -> tuple[list[Edit], list[Remark]]:
    """Edits that overlap nothing, equal ones once; contradicting ones become remarks."""
    kept: list[Edit] = []
    remarks: list[Remark] = []
    taken = [(edit.path, edit.start, edit.end, "") for edit in planned]
    for edit in edits:
        crossed = [t for t in taken if t[0] == edit.path and edit.start < t[2] and t[1] < edit.end]
        if not crossed:
            kept.append(edit)
            taken.append((edit.path, edit.start, edit.end, edit.new))
        elif any(t[3] and t != (edit.path, edit.start, edit.end, edit.new) for t in crossed):
            text = f"{edit.old} is expected in two different ways here; check it by hand"
            remarks.append(Remark(edit.path, edit.line, text))
    return kept, remarks


def _mentioned(program: Program) -> dict[str, bool]:
    """Names of data files in tests: whether the function that names one compares with it."""
    names = {PurePosixPath(path).name for path in program.snapshot.other}
    found: dict[str, bool] = {}
    for path, source in program.snapshot.python.items():
        module = None
        for name in names if source.is_test else ():
            if name in source.text:
                module = module or program.module(path)
                found[name] = found.get(name, False) or (
                    module is not None and _compares(module.tree, name)
                )
    return found


def _compares(tree: ast.Module, name: str) -> bool:
    """A function does that names the file, or that uses what the module read from it."""
    read = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign) and _names(statement, name)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    return any(
        _asserts(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (_names(node, name) or _compares_name(node, read))
    )


def _names(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Constant) and name in str(n.value) for n in ast.walk(node))


def _asserts(function: ast.AST) -> bool:
    inner = list(ast.walk(function))
    asserts = any(isinstance(n, ast.Assert | ast.Compare) for n in inner)
    return asserts and not any(getattr(n, "attr", "") in ("setenv", "environ") for n in inner)


def _compares_name(function: ast.AST, read: set[str]) -> bool:
    """Whether one side of an equation is what the module read, or an entry of it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                while isinstance(side, ast.Subscript | ast.Attribute):
                    side = side.value
                if isinstance(side, ast.Name) and side.id in read:
                    return True
    return False
