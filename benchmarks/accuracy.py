"""Scores ``poolenv scan --format json`` against hand-labelled sites of real packages.

    python benchmarks/accuracy.py CORPORA LABELS [--package NAME ...] [--markdown FILE]

CORPORA holds the unpacked packages (``NAME-VERSION/…``), LABELS is the ``sites.jsonl`` file that
names path, line, argument, value, form and verdict of each labelled site. A label of verdict
``pool`` is found where a site's literal (or the site itself) stands on its line with its value;
a finding on a line labelled ``not-pool`` is an error. Prints recall and precision, overall, per
form and per library, and every miss and error by name.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scan:
    """One package's report."""

    package: str
    report: Json


def scan(corpora: Path, package: str) -> Scan:
    """Run the command on one package, as a person would."""
    command = [str(Path(sys.executable).with_name("poolenv")), "scan", "--format", "json"]
    done = subprocess.run(
        [*command, str(corpora / package)], capture_output=True, text=True, check=False
    )
    if not done.stdout:
        raise SystemExit(f"{package}: {done.stderr.strip()}")
    return Scan(package, json.loads(done.stdout))


def label_value(text: str) -> object:
    """A label's value as a JSON value, the text itself where it is none."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        pass
    try:
        return eval(compile(text, "label", "eval"), {"__builtins__": {}})
    except Exception:
        return text


def same_value(label: Json, site: Json) -> bool:
    """The site has the label's value, or its source text."""
    value = label_value(label["value"])
    if str(site["value"]) == str(value) or site["source_text"].strip("'\"") == str(value):
        return True
    return label["value"] in site["source_text"] or site["source_text"] in label["value"]


def places(site: Json) -> Iterable[tuple[str, int]]:
    """The lines a site may be labelled at: where it is passed, and where its value is written."""
    yield site["path"], site["line"]
    source = site["source"]
    if source:
        for line in range(source["line"], source["end_line"] + 1):
            yield source["path"], line


def index(report: Json) -> dict[tuple[str, int], list[Json]]:
    """Sites by the lines they may be labelled at."""
    found: dict[tuple[str, int], list[Json]] = defaultdict(list)
    for site in report["sites"]:
        for place in dict.fromkeys(places(site)):
            found[place].append(site)
    return found


def matching(label: Json, sites: dict[tuple[str, int], list[Json]]) -> Json | None:
    """The site that a label describes."""
    wanted = {label["argument"], *label["target_argument"].split("/")}
    for line in range(label["line"], (label["end_line"] or label["line"]) + 1):
        here = [s for s in sites.get((label["path"], line), ()) if same_value(label, s)]
        for site in here:
            if site["argument"] in wanted or label["target_argument"] == "-":
                return site
        if here:
            return here[0]
    return None


def is_unresolved(label: Json, report: Json) -> bool:
    """Something unresolved points at the label: a place of its chain, or its file and argument."""
    for entry in report["unresolved"]:
        chain = [(entry["path"], entry["line"]), *((s["path"], s["line"]) for s in entry["chain"])]
        if any(path == label["path"] and abs(line - label["line"]) <= 2 for path, line in chain):
            return True
        targets = {*label["target_argument"].split("/"), "**"}
        if entry["path"] == label["path"] and entry["argument"] in targets:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Score:
    """One label and what became of it."""

    label: Json
    outcome: str
    """found, unresolved, missed; for a not-pool label: clean or wrong."""


def score(labels: list[Json], scans: dict[str, Scan]) -> list[Score]:
    """Every label with its outcome; unclear ones count neither way."""
    found = []
    for label in labels:
        report = scans[f"{label['package']}-{label['version']}"].report
        sites = index(report)
        site = matching(label, sites)
        if label["verdict"] == "pool":
            outcome = (
                "found" if site else "unresolved" if is_unresolved(label, report) else "missed"
            )
            found.append(Score(label, outcome))
        elif label["verdict"] == "not-pool":
            here = [
                s
                for s in sites.get((label["path"], label["line"]), ())
                if same_value(label, s) and s["path"] == label["path"]
            ]
            found.append(Score(label, "wrong" if here else "clean"))
    return found


def unlabelled(labels: list[Json], scans: dict[str, Scan]) -> list[str]:
    """Findings in files whose every candidate is labelled, on lines without a label."""
    exhaustive = {
        (f"{d['package']}-{d['version']}", d["path"]) for d in labels if d["file_exhaustive"]
    }
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for d in labels:
        key = (f"{d['package']}-{d['version']}", d["path"])
        lines[key].update(range(d["line"], (d["end_line"] or d["line"]) + 1))
    found = []
    for package, one in scans.items():
        for site in one.report["sites"]:
            source = site["source"]
            if source is None:
                continue
            key = (package, source["path"])
            span = set(range(source["line"], source["end_line"] + 1)) | {site["line"]}
            if key in exhaustive and not span & lines[key]:
                what = f"{source['path']}:{source['line']} {site['argument']}={site['source_text']}"
                found.append(f"{package}: {what}")
    return sorted(set(found))


def rows(scores: list[Score], key: str) -> list[tuple[str, int, int, int, int]]:
    """Per value of a label's field: labels, found, unresolved, missed."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for one in scores:
        if one.label["verdict"] == "pool":
            groups[one.label[key]][one.outcome] += 1
    return [
        (name, sum(c.values()), c["found"], c["unresolved"], c["missed"])
        for name, c in sorted(groups.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]


def table(title: str, body: list[tuple[str, int, int, int, int]]) -> list[str]:
    """A Markdown table of one grouping."""
    lines = [
        f"| {title} | labels | found | unresolved | silent | recall |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, count, found, unresolved, missed in body:
        recall = f"{100 * found / count:.1f} %"
        lines.append(f"| {name} | {count} | {found} | {unresolved} | {missed} | {recall} |")
    return lines


def render(scores: list[Score], extra: list[str]) -> str:
    """The whole report as Markdown."""
    pool = [s for s in scores if s.label["verdict"] == "pool"]
    look_alikes = [s for s in scores if s.label["verdict"] == "not-pool"]
    found = [s for s in pool if s.outcome == "found"]
    wrong = [s for s in look_alikes if s.outcome == "wrong"]
    precision = 100 * len(found) / max(1, len(found) + len(wrong))
    lines = [
        f"Recall: {len(found)} of {len(pool)} labelled pool sites"
        f" ({100 * len(found) / max(1, len(pool)):.1f} %).",
        f"Precision: {precision:.1f} % ({len(wrong)} of {len(look_alikes)} labelled look-alikes"
        " taken for a site).",
        f"Silent misses: {sum(s.outcome == 'missed' for s in pool)}.",
        "",
        *table("form", rows(scores, "form")),
        "",
        *table("library", rows(scores, "library")),
        "",
        "Not found:",
        "",
        *(_line(s) for s in pool if s.outcome != "found"),
        "",
        "Look-alikes taken for a site:",
        "",
        *(_line(s) for s in wrong),
        "",
        "Findings without a label in files whose candidates are all labelled (to be read):",
        "",
        *(f"- {text}" for text in extra),
    ]
    return "\n".join(lines) + "\n"


def _line(one: Score) -> str:
    d = one.label
    place = f"{d['path']}:{d['line']}"
    return f"- {one.outcome}: {place} {d['argument']} = {d['value']} ({d['library']}, {d['form']})"


def main() -> None:
    """Scan, score, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    labels = [json.loads(line) for line in arguments.labels.read_text().splitlines() if line]
    wanted = set(arguments.package)
    labels = [d for d in labels if not wanted or d["package"] in wanted]
    packages = sorted({f"{d['package']}-{d['version']}" for d in labels})
    with ThreadPoolExecutor(2) as pool:
        scans = {s.package: s for s in pool.map(lambda p: scan(arguments.corpora, p), packages)}
    text = render(score(labels, scans), unlabelled(labels, scans))
    print(text, end="")
    if arguments.markdown:
        arguments.markdown.write_text(text)


if __name__ == "__main__":
    main()
