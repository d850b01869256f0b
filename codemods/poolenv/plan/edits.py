"""The edits of sites: one per literal, whatever it feeds."""

from __future__ import annotations

from dataclasses import dataclass, field

from poolenv.catalogue.possibilities import number
from poolenv.model import Edit, Holder, Scalar, Site, Span
from poolenv.plan.expressions import converted, environment_read, other_default
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Sinks, Target


@dataclass(slots=True)
class Editor:
    """Makes the edit of each site, and keeps all of them by the range that they change."""

    surroundings: Surroundings
    made: dict[Span, Edit] = field(default_factory=dict)

    def edit(self, site: Site, target: Target, variable: str, why: str, *, converts: bool) -> Edit:
        """The edit of a site that is rewritten or whose default changes."""
        assert site.source is not None
        if site.holder is Holder.EXPRESSION:
            return self._keep(site.source, self._read(site, target, variable, why))
        lines = self.surroundings.lines(site.source.path)
        start, end = lines.range_of_span(site.source)
        old = lines.text[start:end]
        changed = target.reason is not None
        inner = other_default(old, target.value) if changed else old
        plain = Edit(site.source.path, start, end, old, inner, why, site.source.line)
        whole = site.whole_source
        if not converts or whole is None:
            return self._keep(site.source, plain)
        outer = self.surroundings.lines(whole.path)
        first, last = outer.range_of_span(whole)
        text = outer.text[first:last]
        read = text
        if whole.path == site.source.path and first <= start and end <= last:
            read = text[: start - first] + inner + text[end - first :]
        elif changed:
            self._keep(site.source, plain)
        new = converted(read, number(target.value))
        return self._keep(whole, Edit(whole.path, first, last, text, new, why, whole.line))

    def _read(self, site: Site, target: Target, variable: str, why: str) -> Edit:
        """The environment read that a literal becomes."""
        span = site.source
        assert span is not None
        lines = self.surroundings.lines(span.path)
        start, end = lines.range_of_span(span)
        old = lines.text[start:end]
        value = new_value(site, target)
        new = environment_read(
            variable,
            value,
            old,
            changed=target.reason is not None,
            quote=self.surroundings.quote(span.path),
        )
        if isinstance(value, bool) and self.surroundings.around(span).needs_parentheses:
            new = f"({new})"
        if lines.text[:start][-1:].isidentifier():
            new = f" {new}"
        return Edit(span.path, start, end, old, new, why, span.line, frozenset({"os"}))

    def _keep(self, span: Span, edit: Edit) -> Edit:
        return self.made.setdefault(span, edit)


def new_value(site: Site, target: Target) -> Scalar:
    """The default after the change; a text that the library converts stays a text."""
    text = isinstance(site.value, str) and target.value is not None
    return (
        str(target.value).lower()
        if text and isinstance(target.value, bool)
        else (str(target.value) if text else target.value)
    )


def converts(site: Site, sinks: Sinks) -> bool:
    """An untyped read whose text the library would not convert, to be made a number here."""
    return site.whole_source is not None and _reaches_as_text(site, sinks)


def unconverted(site: Site, sinks: Sinks) -> str | None:
    """What to say of such a read that can't be made a number: ``os.environ.get("X") or 18``."""
    if site.whole_source is not None or site.in_test or not _reaches_as_text(site, sinks):
        return None
    return f"once {site.env} is set, its text reaches {site.argument}, which takes a number"


def _reaches_as_text(site: Site, sinks: Sinks) -> bool:
    argument = sinks.argument(site.sink, site.argument)
    return (
        site.untyped_env
        and argument.type in ("int", "float")
        and argument.strings != "converted"
        and isinstance(number(site.value), int | float)
        and not isinstance(site.value, bool)
    )


def apart(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits in order of place, without those that lie inside another one.

    What is inserted where another one begins stands before it.
    """
    kept: list[Edit] = []
    for edit in sorted(
        dict.fromkeys(edits), key=lambda e: (e.path, e.start, e.end > e.start, -e.end)
    ):
        if kept and kept[-1].path == edit.path and edit.start < kept[-1].end:
            continue
        kept.append(edit)
    return tuple(sorted(kept, key=lambda e: (e.path, e.start, e.end)))
