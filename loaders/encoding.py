"""Encodes records in a process of its own, so that reading a large source keeps two cores busy.

`encode_ahead` is this process's end, running the module is the other one. A page crosses as the
text the county sent, only outlined here (parsing.py): handing records over would cost more.
"""

import gc
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from loaders import PROJECT_DIR
from loaders.errors import LoaderError
from loaders.parsing import Page
from loaders.records import EncodedPage, RecordEncoder

PIPE_BYTES = 2**20  # holds a page of 1,000 parcels: both sides work on while it waits to be read


class EncodingStopped(LoaderError):
    """The encoding process ended before its work did."""


def encode_ahead(
    pages: Iterator[Page], encoder: Callable[[], RecordEncoder]
) -> Iterator[EncodedPage]:
    """Each page encoded; the next ones are fetched and encoded while this one is worked on.

    Args:
        pages: is advanced in a thread of its own.
        encoder: asked for with the first page at hand.

    Raises:
        EncodingStopped: the other process was killed, for example for its memory.
        Exception: whatever `pages` or the encoder raised.
    """
    # Not multiprocessing: it runs the caller's script once more and is refused to a daemon's child.
    # A process group of its own keeps Ctrl-C from it. It ends when its input does, so also when
    # this process is killed.
    with (
        subprocess.Popen(  # noqa: S603 - this module
            [sys.executable, "-m", __name__],
            cwd=PROJECT_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
            pipesize=PIPE_BYTES,
        ) as process,
        ThreadPoolExecutor(2, "ahead") as threads,
    ):
        try:
            reading = threads.submit(_send, pages, encoder, process.stdin)
            yield from _answers(process.stdout, threads)
            if process.wait():
                raise EncodingStopped(
                    f"The process that encodes the records ended with {process.returncode}; "
                    "-9 often means that memory ran out. Nothing was changed; load it again."
                )
            reading.result()
        finally:
            process.kill()  # the threads find nobody to write to or read from, and end as well


def _send(pages: Iterator[Page], encoder: Callable[[], RecordEncoder], channel: IO[bytes]) -> None:
    with channel:  # closing it tells the other process that this was all
        for number, page in enumerate(pages):
            if number == 0:
                pickle.dump(encoder(), channel)
            pickle.dump(page, channel)
            channel.flush()


def _answers(channel: IO[bytes], threads: ThreadPoolExecutor) -> Iterator[EncodedPage]:
    """One is taken out of the pipe ahead: the other process does not wait for room in it."""
    ahead = threads.submit(_answer, channel)
    while (answer := ahead.result()) is not None:
        if isinstance(answer, Exception):
            raise answer
        ahead = threads.submit(_answer, channel)
        yield answer


def _answer(channel: IO[bytes]) -> EncodedPage | Exception | None:
    try:
        return pickle.load(channel)  # noqa: S301 - from our own process
    except (EOFError, pickle.UnpicklingError):  # the end, or killed while it answered
        return None


def _encode_pages(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The other process: an encoder, then pages, until there are no more."""
    gc.disable()  # a page is a hundred thousand objects without cycles: a tenth of the work
    try:
        encoder: RecordEncoder = pickle.load(requests)  # noqa: S301 - from our own process
        while True:
            page: Page = pickle.load(requests)  # noqa: S301
            pickle.dump(encoder.encode_page(page), answers)
            answers.flush()
    except (EOFError, pickle.UnpicklingError, BrokenPipeError):
        return  # no more pages, or nobody to encode them for
    except Exception as error:
        error.add_note(f"In the encoding process:\n{traceback.format_exc()}")
        pickle.dump(error, answers)


if __name__ == "__main__":
    _encode_pages(sys.stdin.buffer, sys.stdout.buffer)
