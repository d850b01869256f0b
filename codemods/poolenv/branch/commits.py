"""The branch: up to three commits on top of the base, and one ref moved at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from poolenv.branch.existing import replaceable_tip
from poolenv.branch.identity import commit_environment
from poolenv.branch.message import code_message, documents_message, tests_message, trailer
from poolenv.branch.tree import build_tree
from poolenv.model import FileChange, Migration, Options, PoolenvError
from poolenv.plumbing import Git, find_commit


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the branch; ``kind`` is ``code``, ``tests`` or ``documents``."""

    kind: str
    hash: str
    subject: str
    files: tuple[str, ...]
    """Changed paths, relative to the root."""


@dataclass(frozen=True, slots=True)
class BranchResult:
    """What was written. Without commits nothing was, the ref included."""

    branch: str
    base: str
    """The full hash of the commit the branch starts from."""
    commits: tuple[Commit, ...] = ()
    replaced: str | None = None
    """The tip that ``--force`` replaced."""

    @property
    def tip(self) -> str:
        """The commit the branch points to; the base where nothing was written."""
        return self.commits[-1].hash if self.commits else self.base

    @property
    def code(self) -> str | None:
        """Hash of the code commit."""
        return self._hash("code")

    @property
    def tests(self) -> str | None:
        """Hash of the tests commit."""
        return self._hash("tests")

    @property
    def documents(self) -> str | None:
        """Hash of the documents commit."""
        return self._hash("documents")

    def _hash(self, kind: str) -> str | None:
        return next((commit.hash for commit in self.commits if commit.kind == kind), None)


@dataclass(frozen=True, slots=True)
class _Writer:
    git: Git
    prefix: str
    environment: dict[str, str]
    sign: bool

    def add(
        self,
        commits: tuple[Commit, ...],
        base: str,
        kind: str,
        message: str,
        changes: tuple[FileChange, ...],
    ) -> tuple[Commit, ...]:
        """The commits with one more, or as they were where no file changes."""
        parent = commits[-1].hash if commits else base
        tree = build_tree(self.git, parent, changes, self.prefix)
        if not tree.paths:
            return commits
        options = ["-S"] if self.sign else []
        text = f"{message}\n\n{trailer(tree.hash)}\n"
        written = self.git.run(
            "commit-tree", *options, tree.hash, "-p", parent, "-F", "-",
            stdin=text.encode(),
            environment=self.environment,
        )  # fmt: skip
        subject = message.partition("\n")[0]
        return (*commits, Commit(kind, written.decode().strip(), subject, tree.paths))


def write_branch(  # noqa: PLR0913 - the command's three options are keywords
    root: Path,
    migration: Migration,
    options: Options,
    *,
    documents: Callable[[str], tuple[FileChange, ...]],
    force: bool = False,
    author: str | None = None,
    sign: bool = False,
) -> BranchResult:
    """Commit code, tests and documents on ``migration.snapshot.revision`` and make the branch.

    ``documents`` gets the hash of the code commit (of the tests commit where no code changed).
    The checkout, index, HEAD and configuration stay as they are; a failure leaves unreferenced
    objects only. PoolenvError (exit code 4) where the branch can't or may not be made.
    """
    git = Git(root)
    base = find_commit(git, migration.snapshot.revision or options.base)
    old = replaceable_tip(git, options.branch, base, force=force)
    writer = _Writer(git, repository_prefix(git), commit_environment(git, author), sign)
    commits = writer.add((), base, "code", code_message(migration), migration.code)
    commits = writer.add(commits, base, "tests", tests_message(migration), migration.tests)
    if not commits:
        return BranchResult(options.branch, base)
    named = commits[0].hash
    commits = writer.add(commits, base, "documents", documents_message(named), documents(named))
    _move_ref(writer, options.branch, commits[-1].hash, old)
    return BranchResult(options.branch, base, commits, old)


def check_name(root: Path, migration: Migration, options: Options, *, force: bool) -> None:
    """PoolenvError where ``write_branch`` would refuse the branch's name, before any work."""
    git = Git(root)
    base = find_commit(git, migration.snapshot.revision or options.base)
    replaceable_tip(git, options.branch, base, force=force)


def write_trial(root: Path, migration: Migration) -> str:
    """The tree of base, code and tests, unreferenced: for proofs that come before the branch."""
    git = Git(root)
    base = find_commit(git, migration.snapshot.revision or "HEAD")
    changes = (*migration.code, *migration.tests)
    return build_tree(git, base, changes, repository_prefix(git)).hash


def repository_prefix(git: Git) -> str:
    """The root's folder within its repository, ``""`` or with a trailing slash."""
    return git.line("rev-parse", "--show-prefix")


def _move_ref(writer: _Writer, branch: str, new: str, old: str | None) -> None:
    expected = old or "0" * len(new)
    reason = "poolenv: connection-pool limits"
    try:
        writer.git.run(
            "update-ref", "--no-deref", "-m", reason, f"refs/heads/{branch}", new, expected,
            environment=writer.environment,
        )  # fmt: skip
    except PoolenvError as error:
        raise PoolenvError(
            f"branch {branch} was not made, nothing changed: {error}", exit_code=4
        ) from None
