"""One HTTP session for county servers, on dlt's REST client.

County servers report errors in many ways: status codes, an error document with status 200, an HTML
page, half a JSON document. A response hook turns all of them into HTTP errors. It runs inside dlt's
retry, so each gets the same back-off, and `Retry-After` is honoured.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from dlt.common.jsonpath import compile_path
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.client import PageData
from requests import HTTPError, PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ConnectionError, ContentDecodingError, Timeout

from loaders.errors import LoaderError
from loaders.parsing import Record, parse_json, parse_outline
from loaders.settings import Settings

USER_AGENT = "wholesaler/0.1 (county records loader)"
CONNECT_TIMEOUT_SECONDS = 10
LONGEST_WAIT_SECONDS = 120
# 403: filters in front of county servers also use it to slow a client down
RETRIED_STATUS = (403, 408, 425, 429, *range(500, 600))
ACCESS_REFUSED = {401, 403, 498, 499}  # 498, 499: ArcGIS, token wrong or missing
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}


class SourceRefused(LoaderError):
    """The source answered every attempt with an error, or not at all."""

    def __init__(self, message: str, *, overloaded: bool) -> None:
        super().__init__(message)
        self.overloaded = overloaded
        """The server failed or ran out of time: a smaller page may succeed."""


class _PoliteAdapter(HTTPAdapter):
    """Pauses between requests; sends blanks as %20: the city's filter refuses a plus with 403."""

    def __init__(self, pause_seconds: float) -> None:
        super().__init__()
        self._pause_seconds = pause_seconds
        self._next_request_at = 0.0

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        address, _, query = (request.url or "").partition("?")
        if query:
            request.url = f"{address}?{query.replace('+', '%20')}"
        if self._pause_seconds:
            time.sleep(max(0.0, self._next_request_at - time.monotonic()))
        try:
            return super().send(request, **kwargs)
        finally:
            self._next_request_at = time.monotonic() + self._pause_seconds


def _body_error(
    content: bytes, parse: Callable[[bytes], Any]
) -> tuple[Any, int, str] | tuple[Any, None, None]:
    """(document, None, None), or (None, status it should have had, why)."""
    try:
        document = parse(content)
    except (ValueError, RecursionError) as error:
        start = content[:200].lstrip().lower()
        if start.startswith((b"<!doctype", b"<html")):
            return None, 502, f"an HTML page instead of JSON: {_plain_text(content)}"
        return None, 502, f"JSON that ends or breaks off in the middle ({error})"
    error = document.get("error") if isinstance(document, dict) else None
    if not error:
        return document, None, None
    details = error if isinstance(error, dict) else document
    code = details.get("code")
    why = f"error {code}: {details.get('message')} {details.get('details') or ''}".strip()
    # ArcGIS says 400 "Unable to perform query" for passing trouble too: worth another attempt
    return None, 401 if code in ACCESS_REFUSED else 503, why


def _check_answer(response: Response, *_: Any, parse: Callable[[bytes], Any], **__: Any) -> None:
    if response.is_redirect:
        return
    if response.status_code < 400:
        document, status, why = _body_error(response.content, parse)
        if status is None:
            response.json = lambda **_: document  # parsed once, not again by each reader of it
            return
        response.status_code = status
    else:
        why = f"status {response.status_code}: {_plain_text(response.content) or response.reason}"
    raise HTTPError(why, response=response)


def _checked(parse: Callable[[bytes], Any]) -> dict[str, Any]:
    """Hooks that make every bad answer an HTTP error; `parse` reads the good ones."""
    return {"response": [partial(_check_answer, parse=parse)]}


def _plain_text(content: bytes) -> str:
    """The first words of an error page, without its markup."""
    text = re.sub(rb"(?s)<(script|style).*?</\1>|<[^>]*>", b" ", content[:5000])
    return " ".join(text.decode("utf-8", "replace").split())[:200]


class CountyServer:
    """GET and page through one source's URL, with retries; all failures become SourceRefused."""

    def __init__(
        self, url: str, settings: Settings, headers: Mapping[str, str] | None = None
    ) -> None:
        self.url = url
        session = Client(
            raise_for_status=False,
            request_timeout=(CONNECT_TIMEOUT_SECONDS, settings.etl_request_timeout_seconds),
            request_max_attempts=settings.etl_max_retries + 1,
            request_backoff_factor=settings.etl_retry_delay_seconds,
            request_max_retry_delay=LONGEST_WAIT_SECONDS,
            status_codes=RETRIED_STATUS,
            exceptions=(ConnectionError, Timeout, ChunkedEncodingError, ContentDecodingError),
        ).session
        local = urlsplit(url).hostname in LOCAL_HOSTS
        adapter = _PoliteAdapter(0 if local else settings.etl_request_pause_seconds)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        session.headers["User-Agent"] = USER_AGENT
        session.headers.update(headers or {})
        self._client = RESTClient(url, session=session)

    def get(self, path: str, params: Mapping[str, Any]) -> Response:
        """The answer at `path` below the URL; its body is known to be a good JSON document.

        Raises:
            SourceRefused: after the last attempt.
        """
        with _refusals(self.url):
            return self._client.get(path, dict(params), hooks=_checked(parse_json))

    def paginate(
        self,
        path: str,
        params: Mapping[str, Any],
        *,
        data_selector: str,
        outline: msgspec.json.Decoder[Any],
        **paging: Any,
    ) -> Iterator[PageData[Record]]:
        """Pages of records as dlt's REST client yields them, each with its `response`.

        Args:
            data_selector: where an answer holds its records.
            outline: the fields that paging looks at. Records have at least these; the whole ones
                are in `response.content`, for who works on them in another process.

        Raises:
            SourceRefused: after the last attempt.
        """
        with _refusals(self.url):
            yield from self._client.paginate(
                path,
                params=dict(params),
                hooks=_checked(partial(parse_outline, outline=outline)),
                data_selector=compile_path(data_selector),  # else dlt parses it again for each page
                **paging,
            )


@contextmanager
def _refusals(url: str) -> Iterator[None]:
    """Turns what requests raises into SourceRefused with the host in it."""
    host = urlsplit(url).netloc
    try:
        yield
    except HTTPError as error:
        status = error.response.status_code
        raise SourceRefused(
            f"{host} answered {error}", overloaded=status == 408 or status >= 500
        ) from error
    except Timeout as error:
        raise SourceRefused(f"{host} did not answer in time", overloaded=True) from error
    except (ConnectionError, ChunkedEncodingError, ContentDecodingError) as error:
        raise SourceRefused(
            f"{host} cannot be reached, or breaks the connection ({_first_cause(error)})",
            overloaded=False,
        ) from error


def _first_cause(error: BaseException) -> BaseException:
    """requests wraps what the socket said three times, each time with more words."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
