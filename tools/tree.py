"""The tree as its checks read it: files of the version control, as text and as syntax.

Nothing here imports the product, so a check also works on a tree that does not run.
"""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: The packages that the wheel installs.
PRODUCT = ("engine", "channels", "processes", "webapp")
#: Folders that no version control keeps, for a tree without ``.git``.
PASSED_OVER = {".venv", ".git", "node_modules", "__pycache__", "data", "dist", ".cache"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path from the root, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Number of lines, empty ones too."""
        return self.text.count("\n")

    @property
    def in_product(self) -> bool:
        """Whether the wheel installs this file."""
        return self.path.parts[0] in PRODUCT

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Return every function and method of the file, inner ones too."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]


def files() -> list[Path]:
    """Return every file of the tree, from the root, sorted; those not committed yet too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
        names = [Path(name) for name in listed.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [path for path in names if not PASSED_OVER.intersection(path.parts)]
    return sorted({path for path in names if (ROOT / path).is_file()})


def texts() -> dict[Path, str]:
    """Return the text of every file of the tree that is text in UTF-8."""
    found = {}
    for path in files():
        try:
            found[path] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, or a hostile file that a test feeds to a reader
    return found


def modules(of: dict[Path, str]) -> list[Module]:
    """Return the Python files among ``of``, parsed."""
    return [
        Module(path, text, ast.parse(text, filename=str(path)))
        for path, text in of.items()
        if path.suffix == ".py"
    ]
