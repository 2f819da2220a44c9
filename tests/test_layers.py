"""A room imports only from rooms above its own (carbonlink's one way up)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "carbonlink"
FLOORS = (
    {"errors", "kernels", "_version"},
    {"artifacts", "inference", "facts"},
    {"plotting", "printing", "mechanisms"},
    {"results"},
    {"models", "ingest"},
    {"simulate", "panel"},
    {"demo"},
    {"measures"},
    {"report"},
    {"cli"},
    {"__main__"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(f for f in PACKAGE.rglob("*.py") if f.relative_to(PACKAGE).parts[0] != "__init__.py")


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_modules(path: Path) -> set[str]:
    """Dotted module names below carbonlink that a file imports, function-local ones too."""
    package = ["carbonlink", *path.relative_to(PACKAGE).parts[:-1]]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("carbonlink")}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            if stem.startswith("carbonlink"):
                found |= {f"{stem}.{a.name}" for a in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_above(path):
    own = room_of(path)
    assert own in FLOOR, f"{own} has no floor: add it to FLOORS"
    for name in imported_modules(path):
        parts = name.split(".")
        room = parts[1] if len(parts) > 1 else ""
        if room not in FLOOR:
            assert room in {"", "__version__"}, f"{path} imports {name} from the public words"
            continue
        assert room == own or FLOOR[room] < FLOOR[own], f"{path} imports {name}, not above {own}"


def test_no_module_takes_part_in_an_import_circle():
    names = {module_name(f): f for f in FILES}
    graph = {
        n: {resolve(i, names) for i in imported_modules(f)} - {"", n} for n, f in names.items()
    }
    done: set[str] = set()
    for start in graph:
        walk(start, graph, [], done)
    assert done == set(graph)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def resolve(name: str, names: dict[str, Path]) -> str:
    """The module a dotted import lands in: the name itself, or the module that holds it."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name


def walk(node: str, graph: dict[str, set[str]], path: list[str], done: set[str]) -> None:
    assert node not in path, "circle: " + " → ".join([*path[path.index(node) :], node])
    if node in done:
        return
    for neighbour in sorted(graph[node]):
        walk(neighbour, graph, [*path, node], done)
    done.add(node)


def test_the_layer_test_sees_imports_inside_functions(tmp_path):
    source = "def f():\n    from ..report import build\n"
    file = PACKAGE / "kernels" / "x.py"
    node = ast.parse(source).body[0].body[0]
    assert node.level == 2 and node.module == "report"
    assert "carbonlink.report.build" in _modules_of(source, file)


def _modules_of(source: str, path: Path) -> set[str]:
    class Held:
        def read_text(self, encoding: str) -> str:
            return source

        def relative_to(self, other: Path) -> Path:
            return path.relative_to(other)

    return imported_modules(Held())
