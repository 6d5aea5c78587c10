"""What a load tells whoever watches it."""

from typing import Protocol


class Progress(Protocol):
    def begin(self, announced: int) -> None:
        """The source announces so many records."""
        ...

    def advance(self, records: int) -> None:
        """So many more records were received."""
        ...

    def step(self, name: str) -> None:
        """The load entered a step, for example landing."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, announced: int) -> None: ...

    def advance(self, records: int) -> None: ...

    def step(self, name: str) -> None: ...
