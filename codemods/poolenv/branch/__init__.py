"""Last stage: changes become commits and one ref, a diff, or files in place."""

from __future__ import annotations

from poolenv.branch.commits import BranchResult, Commit, check_name, write_branch, write_trial
from poolenv.branch.diff import diff_text
from poolenv.branch.in_place import write_in_place

__all__ = [
    "BranchResult",
    "Commit",
    "check_name",
    "diff_text",
    "write_branch",
    "write_in_place",
    "write_trial",
]
