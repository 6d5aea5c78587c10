"""Which tests run in one process: those that share an expensive fixture."""

import signal
from pathlib import Path

import pytest

# A shell in the background hands down an ignored Ctrl-C; what the tests start must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
SHARED_FIXTURES = ("warehouse", "living_warehouse")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group for pytest-xdist: a shared fixture is made in one process, else a folder is a group.

    Modules of tests/warehouse that make databases of their own can run apart.
    """
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        shared = [name for name in SHARED_FIXTURES if name in item.fixturenames]
        own = item.path.stem if folder == "warehouse" else folder
        group = shared[0] if shared else own
        item.add_marker(pytest.mark.xdist_group(group))
