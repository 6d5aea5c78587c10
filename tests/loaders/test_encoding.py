"""The encoding process: in order, ends with whoever started it, tells what went wrong."""

from itertools import repeat

import orjson
import pytest

from loaders.encoding import encode_ahead
from loaders.parsing import Page
from loaders.records import RecordEncoder


def page(*names, records=None):
    return Page(orjson.dumps([{"id": name} for name in names]), records or len(names))


def encoder(**more):
    return RecordEncoder("12095", ["id"], [], **more)


def test_pages_come_in_order_without_what_does_not_count():
    pages = [page("a", "b"), page("b", "c", records=1), page("", "d")]
    encoded = list(encode_ahead(iter(pages), encoder))
    assert [[key for key, *_ in p.versions] for p in encoded] == [["a", "b"], ["c"], ["d"]]
    assert [p.records for p in encoded] == [2, 1, 2]
    assert [len(p.rejections) for p in encoded] == [0, 0, 1]


def test_no_pages():
    assert list(encode_ahead(iter([]), encoder)) == []


def test_error_of_the_source_comes_after_its_pages():
    def pages():
        yield page("a")
        raise OSError("gone")

    encoded = encode_ahead(pages(), encoder)
    assert next(encoded).records == 1
    with pytest.raises(OSError, match="gone"):
        next(encoded)


def test_error_of_the_encoder_says_where_it_happened():
    with pytest.raises(KeyError, match="features") as caught:
        list(encode_ahead(repeat(Page(b"{}", 1)), lambda: encoder(listed_in="features")))
    assert "in encode_page" in caught.value.__notes__[0]


def test_whoever_stops_early_does_not_wait_for_the_rest():
    encoded = encode_ahead(repeat(page("a")), encoder)
    assert next(encoded).records == 1
    encoded.close()
