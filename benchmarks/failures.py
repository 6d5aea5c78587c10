"""The error a benchmark ends with."""


class BenchFailed(Exception):
    """The bench cannot go on; `next_step` says what the user does about it."""

    def __init__(self, cause: str, next_step: str) -> None:
        super().__init__(cause)
        self.next_step = next_step
