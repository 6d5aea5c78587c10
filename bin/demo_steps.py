"""What the parts of the demo share."""

from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"

console = Console()


class StepFailed(Exception):
    """A step cannot go on; `next_step` says what the user does about it."""

    def __init__(self, cause: str, next_step: str) -> None:
        super().__init__(cause)
        self.next_step = next_step
