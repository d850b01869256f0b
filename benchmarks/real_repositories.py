"""Hold poolenv's promises against real packages.

    python benchmarks/real_repositories.py CORPORA [NAME ...] [--policy NAME] [--work FOLDER]

CORPORA holds unpacked packages, one folder each; NAME is the start of a folder's name. Each is
copied into a repository of one commit, and for each of three policies the installed command runs
``scan``, ``diff`` and ``migrate``, and ``migrate`` once more on the new branch. Held against it:

- scan: valid JSON, and the text at every ``source`` is the ``source_text`` (secrets masked);
- diff: ``git apply --check`` takes it, and it is the branch but for the code commit's hash;
- branch: every Python file parses; trees differ only where a value was planned to; the new
  expression gives the planned default, and the variable's value where one is set; a scan of the
  branch finds the limits that the first scan promised; the limits test passes; a second run
  changes nothing;
- documents: no absolute path, no password of the package, and figures that add up;
- the checkout: HEAD, index and files are as before; no traceback or warning on stderr.

Prints a line per package with the seconds of each command, then every finding. Exit code 1 where
there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generated_documents import wrong_documents
from trees_after_edits import differences

from poolenv.masking import mask
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines

Json = dict[str, Any]

POLICIES = {
    "none": (),
    "rules": ("--set", "pool_size=3", "--cap", "max_overflow=2", "--cap", "max=4"),
    "preset": ("--preset", "hard-limits"),
}
LONGEST = 300
"""Seconds after which a command is given up."""
_NOISE = re.compile(r"Traceback|Warning:|internal error")


@dataclass(slots=True)
class Package:
    """One package on trial: its repository, and what was found and measured."""

    name: str
    root: Path
    findings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    edits: int = 0

    def expect(self, holds: bool, finding: str) -> None:
        """Record a finding unless it holds."""
        if not holds:
            self.findings.append(finding)

    def git(self, *arguments: str) -> str:
        """A git command's output; its bytes are kept (``surrogateescape``)."""
        done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=True)
        return done.stdout.decode("utf-8", "surrogateescape")

    def poolenv(self, command: str, policy: str, *options: str) -> str:
        """Run the installed command, time it, and look at its exit code and stderr."""
        program = str(Path(sys.executable).with_name("poolenv"))
        line = [program, command, *POLICIES[policy], *options, str(self.root)]
        started = time.perf_counter()
        try:
            done = subprocess.run(line, capture_output=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired:
            self.findings.append(f"{policy}: {command}: not finished after {LONGEST} s")
            return ""
        spent = time.perf_counter() - started
        self.seconds[command] = max(spent, self.seconds.get(command, 0))
        errors = done.stderr.decode("utf-8", "replace")
        where = f"{policy}: {command}"
        self.expect(done.returncode in (0, 3), f"{where}: exit {done.returncode}: {errors[-300:]}")
        self.expect(not _NOISE.search(errors), f"{where}: noise on stderr: {errors[:300]}")
        if command == "scan":
            for proof in re.findall(r"warning: (.*(?:a proof failed|failed: ).*)", errors):
                self.findings.append(f"{policy}: {proof[:300]}")
        return done.stdout.decode("utf-8", "surrogateescape")


def main() -> int:
    """Try the packages, one after another."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--work", type=Path, help="keep repositories, patches and branches here")
    parser.add_argument("--policy", choices=POLICIES, action="append", help="only this one")
    given = parser.parse_args()
    policies = tuple(given.policy or POLICIES)
    folders = [
        folder
        for folder in sorted(given.corpora.iterdir())
        if folder.is_dir() and (not given.names or folder.name.startswith(tuple(given.names)))
    ]
    with tempfile.TemporaryDirectory() as temporary:
        packages = [
            try_package(folder, given.work or Path(temporary), policies) for folder in folders
        ]
    findings = [(p.name, finding) for p in packages for finding in p.findings]
    for name, finding in findings:
        print(f"{name}: {finding}")
    print(f"{len(packages)} packages, {len(findings)} findings")
    return 1 if findings else 0


def try_package(folder: Path, work: Path, policies: tuple[str, ...]) -> Package:
    """Make the repository and hold every promise against it under each policy."""
    package = Package(folder.name, work / folder.name / "repo")
    if package.root.exists():
        shutil.rmtree(package.root)
    shutil.copytree(folder, package.root, symlinks=True)
    for command in (
        ("init", "--quiet"),
        ("config", "core.autocrlf", "false"),
        ("config", "user.name", "Somebody"),
        ("config", "user.email", "somebody@example.org"),
        ("add", "--all", "--force"),
        ("commit", "--quiet", "--no-verify", "-m", "base"),
    ):
        package.git(*command)
    for policy in policies:
        try_policy(package, policy)
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in package.seconds.items())
    print(f"{folder.name}: {package.edits} edits, {len(package.findings)} findings; {spent}")
    sys.stdout.flush()
    return package


def try_policy(package: Package, policy: str) -> None:
    """scan, diff, migrate, and migrate on top of that."""
    base = package.git("rev-parse", "HEAD").strip()
    before = checkout_state(package)
    scan = scanned(package, policy)
    if scan is None:
        return
    check_sources(package, policy, scan)
    patch = package.poolenv("diff", policy)
    branch = f"poolenv/{policy}"
    package.poolenv("migrate", policy, "--branch", branch)
    package.expect(checkout_state(package) == before, f"{policy}: the checkout was touched")
    kept = package.root.parent / f"{policy}.patch"
    kept.write_bytes(patch.encode("utf-8", "surrogateescape"))
    if branch not in package.git("branch", "--list", branch):
        package.expect(not patch, f"{policy}: a diff and no branch")
        return
    package.expect(applies(package, kept), f"{policy}: git apply refuses the diff")
    made = package.git("diff", base, branch)
    package.expect(
        same_but_commit(patch, made, package.git("log", "--format=%H", f"{base}..{branch}")),
        f"{policy}: diff and branch differ",
    )
    check_idempotent(package, policy, branch)
    check_trees(package, policy, branch, scan)
    exported = package.root.parent / policy
    export(package, branch, exported)
    check_promised_limits(package, policy, exported, scan)
    check_limits_test(package, policy, base, branch, exported)
    pools = sum(not pool["in_test"] for pool in scan["pools"])
    for finding in wrong_documents(package.root, exported, pools):
        package.findings.append(f"{policy}: {finding}")
    shutil.rmtree(exported)


def scanned(package: Package, policy: str, *options: str) -> Json | None:
    """The report, or None with a finding where it is no JSON."""
    text = package.poolenv("scan", policy, "--format", "json", *options)
    try:
        report: Json = json.loads(text)
    except json.JSONDecodeError as error:
        package.findings.append(f"{policy}: scan: no JSON: {error}")
        return None
    return report


def check_sources(package: Package, policy: str, scan: Json) -> None:
    """The text at every source range is what the report says is written there."""
    for site in scan["sites"]:
        span = site["source"]
        if span is None:
            continue
        text = (package.root / span["path"]).read_bytes().decode("utf-8-sig", "replace")
        found = mask(cut(text, span))
        place = f"{span['path']}:{span['line']}"
        package.expect(
            " ".join(found.split()) == " ".join(site["source_text"].split()),
            f"{policy}: {place}: {found!r} is reported as {site['source_text']!r}",
        )


def cut(text: str, span: Json) -> str:
    """The text of a range, lines and columns from 1; lines end as Python's tokenizer ends them."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    wanted = lines[span["line"] - 1 : span["end_line"]]
    tail = wanted[-1][: span["end_column"] - 1]
    wanted = [*wanted[:-1], tail]
    return "".join(wanted)[span["column"] - 1 :]


def checkout_state(package: Package) -> tuple[str, str, str]:
    """HEAD, the index and whatever differs from it, ignored files too."""
    return (
        package.git("symbolic-ref", "HEAD"),
        package.git("ls-files", "--stage"),
        package.git("status", "--porcelain", "--ignored"),
    )


def applies(package: Package, patch: Path) -> bool:
    """Whether ``git apply --check`` takes the diff."""
    command = ["git", "apply", "--check", str(patch)]
    return subprocess.run(command, cwd=package.root, capture_output=True).returncode == 0


def same_but_commit(patch: str, made: str, commits: str) -> bool:
    """Equal once the branch's hashes, and the blob names of documents, are left out."""
    for commit in commits.split():
        made = made.replace(commit, "<code commit>")
    index = re.compile(r"^index [0-9a-f]+\.\.[0-9a-f]+", re.MULTILINE)
    return index.sub("", patch) == index.sub("", made)


def check_idempotent(package: Package, policy: str, branch: str) -> None:
    """A run on the new branch has nothing to change."""
    twice = f"{branch}-again"
    package.poolenv("migrate", policy, "--base", branch, "--branch", twice)
    if package.git("branch", "--list", twice):
        again = package.git("diff", "-U0", branch, twice)
        changed = re.findall(r"^[-+](?![-+]{2}).*", again, re.MULTILINE)
        package.findings.append(f"{policy}: a second run changes again: {changed[:4]}")


def check_trees(package: Package, policy: str, branch: str, scan: Json) -> None:
    """Every changed Python file parses, and differs only where a planned value stands."""
    code = package.git("rev-list", "--reverse", f"HEAD..{branch}").split()[0]
    of_code = package.git("diff", "--name-only", "-z", "HEAD", code).split("\0")
    for path in package.git("diff", "--name-only", "-z", "HEAD", branch).split("\0"):
        if not path.endswith(".py"):
            continue
        new = package.git("show", f"{branch}:{path}").removeprefix("\ufeff")
        if not (package.root / path).exists():
            package.expect(parses(new, path), f"{policy}: {path}: the new file does not parse")
            continue
        old = package.git("show", f"HEAD:{path}").removeprefix("\ufeff")
        if not parses(new, path):
            package.findings.append(f"{policy}: {path}: does not parse any more")
            continue
        if path not in of_code:
            continue  # A test, whose assertions are of no site.
        planned = [s for s in scan["sites"] if s["source"] and s["source"]["path"] == path]
        for found in differences(parse(old, path), parse(new, path), Lines(path, old)):
            package.edits += 1
            for finding in found.findings(planned, scan["additions"]):
                package.findings.append(f"{policy}: {path}:{found.line}: {finding}")


def parses(text: str, path: str) -> bool:
    """Whether it is Python, of this version or a newer one."""
    try:
        parse(text, path)
    except SyntaxError:
        return False
    return True


def export(package: Package, branch: str, folder: Path) -> None:
    """The branch's files in a folder of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    archive = subprocess.Popen(
        ["git", "archive", "--format=tar", branch], cwd=package.root, stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
    archive.wait()


def check_promised_limits(package: Package, policy: str, exported: Path, scan: Json) -> None:
    """A scan of the branch, without rules, finds the pools with the limits promised before."""
    there = Package(package.name, exported)
    report = scanned(there, "none")
    package.findings += [f"{policy}: the branch: {finding}" for finding in there.findings]
    if report is None:
        return
    promised = Counter(keys_of(scan, "max_connections_after"))
    found = Counter(keys_of(report, "max_connections"))
    for key in sorted((promised - found).keys(), key=str):
        same = [other[-1] for other in found if other[:-1] == key[:-1]]
        package.findings.append(f"{policy}: {key}: the branch's scan says {same}")


def keys_of(report: Json, limit: str) -> Iterator[tuple[object, ...]]:
    """What names a pool in both reports, though lines moved."""
    for pool in report["pools"]:
        yield pool["path"], pool["sink"], pool["name"], pool[limit]


def check_limits_test(
    package: Package, policy: str, base: str, branch: str, exported: Path
) -> None:
    """The generated test passes where nothing of the package is installed."""
    added = package.git("diff", "--name-only", "--diff-filter=A", base, branch).splitlines()
    for path in (p for p in added if p.endswith(".py")):
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--noconftest", "-c", os.devnull]
        options = ["-p", "no:cacheprovider", "--rootdir", ".", "--import-mode=importlib", path]
        done = subprocess.run(
            [*command, *options], cwd=exported, capture_output=True, text=True, timeout=LONGEST
        )
        last = [line for line in done.stdout.splitlines() if line.strip()][-8:]
        package.expect(done.returncode == 0, f"{policy}: {path} fails: {' | '.join(last)}")


if __name__ == "__main__":
    sys.exit(main())
