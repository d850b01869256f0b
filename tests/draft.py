"""A small program that a test writes link by link, see ``programs``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Draft:
    """A program being written: the expression ``value`` is good in the module ``module``."""

    value: str
    module: str = "app.start"
    files: dict[str, list[str]] = field(default_factory=dict)
    origins: list[str] = field(default_factory=list)
    """The literals that reach the pool, as written."""
    sink: tuple[str, int] = ("", 0)
    """Path and line of the library's call."""
    library: tuple[str, ...] = ()
    """The statements that import the library."""
    _count: int = 0
    _decoys: int = 9000

    def __post_init__(self) -> None:
        self.files.setdefault("app/__init__.py", [])
        self.files.setdefault(self.path, [])
        self.origins.append(self.value)

    @property
    def path(self) -> str:
        """Where the current module is written."""
        name = self.module.replace(".", "/")
        package = f"{name}/__init__.py"
        return package if package in self.files else f"{name}.py"

    def name(self, stem: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{stem}{self._count}"

    def decoy(self) -> int:
        """A number that must not be found."""
        self._decoys += 1
        return self._decoys

    def also(self, literal: int) -> str:
        """A second number that reaches the pool too."""
        self._count += 1
        text = str(literal + self._count)
        self.origins.append(text)
        return text

    def write(self, *lines: str) -> None:
        """Add lines to the current module."""
        self.files[self.path].extend(lines)

    def bind(self) -> str:
        """Give the value a name of its own in the current module."""
        if not self.value.isidentifier():
            name = self.name("VALUE_")
            self.write(f"{name} = {self.value}")
            self.value = name
        return self.value

    def move(self, *, package: bool = False) -> str:
        """Go on in a new module; the old one's dotted name."""
        old = self.module
        self.module = "app." + self.name("package_" if package else "module_")
        name = self.module.replace(".", "/")
        self.files[f"{name}/__init__.py" if package else f"{name}.py"] = []
        return old

    def write_sink(self, *lines: str) -> None:
        """Add lines of which the first calls the library."""
        self.sink = (self.path, len(self.files[self.path]) + 1)
        self.write(*lines)

    def text(self) -> dict[str, str]:
        """The files."""
        return {path: "".join(f"{line}\n" for line in lines) for path, lines in self.files.items()}
