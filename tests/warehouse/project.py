"""Copies of the dbt project that a test may edit."""

import shutil
from pathlib import Path

from .conftest import ROOT

PARTS = (
    *("dbt_project.yml", "profiles.yml", "selectors.yml"),
    *("dbt_project", "macros", "seeds", "releases"),
)


def copied_project(folder: Path) -> Path:
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    return folder


def dbt_arguments(project: Path) -> tuple[str, ...]:
    """What makes dbt use a copy. A target folder of its own, or dbt mixes up the two projects."""
    folders = {"project-dir": project, "profiles-dir": project, "target-path": project / "target"}
    return tuple(part for name, folder in folders.items() for part in (f"--{name}", str(folder)))


def edit(path: Path, *replacements: tuple[str, str]) -> None:
    """Replace each text, which must be there exactly once."""
    text = path.read_text()
    for before, after in replacements:
        assert text.count(before) == 1, (path.name, before, text.count(before))
        text = text.replace(before, after)
    path.write_text(text)
