"""The HTTP face of the county: four public paths, and `/sandbox/...` to steer it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox import arcgis, soda
from sandbox.arcgis import Answer, Layer
from sandbox.faults import Fault, Spoiled, spoil
from sandbox.table import Table

COUNTY_SERVICE = "/arcgis/rest/services/Public_Dynamic/MapServer"
HOSTED_SERVICE = "/0U8EQ1FrumPeIqDb/arcgis/rest/services/Tax_Sale_Data/FeatureServer"

LAYERS = {
    "tax_sales": Layer(f"{HOSTED_SERVICE}/0", "Tax_Sale_Data", 0, behind_filter=False),
    "foreclosures": Layer(f"{COUNTY_SERVICE}/44", "Foreclosures", 44),
    "property_records": Layer(f"{COUNTY_SERVICE}/216", "Parcels", 216),
}
CASES_PATH = "/resource/k6e8-nw6w.json"


@dataclass
class County:
    """What is served now. `at_day(n)` makes the tables of another day, None for recorded ones."""

    about: dict[str, object]
    tables: dict[str, Table]
    at_day: Callable[[int], dict[str, Table]] | None = None
    day: int = 0
    faults: list[Fault] = field(default_factory=list)

    def health(self) -> dict[str, object]:
        counts = {source: len(table.ids) for source, table in self.tables.items()}
        return {"status": "ok", **self.about, "day": self.day, "counts": counts}


def create_app(county: County, max_record_count: int | None = None) -> Starlette:
    """All routes. `max_record_count` replaces the page limit of the ArcGIS layers."""
    routes = []
    for source, published in LAYERS.items():
        layer = arcgis.with_page_size(published, max_record_count)
        routes += _layer_routes(county, source, layer)

    def rows(asked: Mapping[str, str], get_query: str) -> Answer:
        return soda.query(county.tables["code_violations"], asked, get_query)

    routes.append(Route(CASES_PATH, _public(county, rows)))
    return Starlette(routes=[*routes, *_steering(county)])


def _layer_routes(county: County, source: str, layer: Layer) -> list[Route]:
    def describe(asked: Mapping[str, str], get_query: str) -> Answer:
        return arcgis.describe(layer, county.tables[source])

    def query(asked: Mapping[str, str], get_query: str) -> Answer:
        return arcgis.query(layer, county.tables[source], asked, get_query)

    return [
        Route(layer.path, _public(county, describe), methods=["GET", "POST"]),
        Route(f"{layer.path}/query", _public(county, query), methods=["GET", "POST"]),
    ]


def _public(
    county: County, answer_to: Callable[[Mapping[str, str], str], Answer]
) -> Callable[[Request], object]:
    """Endpoint that answers, unless a fault is due."""

    async def endpoint(request: Request) -> Response:
        asked = {k: str(v) for k, v in request.query_params.items()}
        if request.method == "POST":
            asked |= {k: str(v) for k, v in (await request.form()).items()}
        get_query = request.url.query if request.method == "GET" else ""
        answer = answer_to(asked, get_query)
        target = f"{request.url.path}?" + "&".join(f"{k}={v}" for k, v in asked.items())
        struck = next((f for f in county.faults if f.strikes(target, answer.is_page)), None)
        spoiled = spoil(struck, answer) if struck else Spoiled(answer, {})
        await asyncio.sleep(spoiled.delay)
        response = Response(
            spoiled.answer.body,
            spoiled.answer.status,
            spoiled.headers,
            media_type=spoiled.answer.media_type,
        )
        return _Dropped(response) if spoiled.drop else response

    return endpoint


class _Dropped(Response):
    """Announces a whole body, sends half of it and ends: the server then closes the connection."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def _steering(county: County) -> list[Route]:
    async def health(request: Request) -> Response:
        return JSONResponse(county.health())

    async def move_to_day(request: Request) -> Response:
        if county.at_day is None:
            return JSONResponse({"error": "recorded answers have no days"}, 409)
        county.day = request.path_params["day"]
        county.tables = county.at_day(county.day)
        return JSONResponse(county.health())

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            county.faults.clear()
        if request.method == "POST":
            try:
                county.faults.append(Fault.model_validate(orjson.loads(await request.body())))
            except (ValidationError, orjson.JSONDecodeError) as error:
                return JSONResponse({"error": str(error)}, 422)
        pending = [fault.model_dump() for fault in county.faults if fault.times]
        return JSONResponse({"faults": pending})

    return [
        Route("/sandbox/health", health),
        Route("/sandbox/day/{day:int}", move_to_day, methods=["POST"]),
        Route("/sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
    ]
