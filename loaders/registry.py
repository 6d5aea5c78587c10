"""The registry of counties and sources: `registry.yaml`, and its copy in the database."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit, urlunsplit

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from sqlalchemy import Connection, column, exists, select, table, text

from loaders.errors import RegistryError

REGISTRY_FILE = Path(__file__).with_name("registry.yaml")

SourceType = Literal["tax_sales", "foreclosures", "property_records", "code_violations"]
FieldName = Annotated[str, StringConstraints(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Entry):
    """One published list of records."""

    kind: Literal["arcgis", "socrata"]
    url: str = Field(pattern=r"^https?://[^/?#]+/[^?#]+$")
    key_fields: list[FieldName] = Field(min_length=1)
    parcel_id_order: Literal["range-township-section", "section-township-range"] | None = None
    geometry: bool = False
    page_size: int = Field(ge=1, le=50_000)
    refresh_mode: Literal["full", "incremental"]
    freshness_hours: int = Field(ge=1)
    needed_fields: list[FieldName | list[FieldName]] = Field(min_length=1)
    volatile_fields: list[FieldName] = []

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.kind == "arcgis" and self.refresh_mode == "incremental":
            raise ValueError("an arcgis layer has no reliable change date: use refresh_mode full")
        if self.kind == "socrata" and self.geometry:
            raise ValueError("geometry is a choice of arcgis layers only")
        if volatile_keys := set(self.key_fields) & set(self.volatile_fields):
            raise ValueError(f"a key field cannot be volatile: {', '.join(sorted(volatile_keys))}")
        return self

    def url_in(self, sandbox_url: str | None) -> str:
        """The URL to ask: the public one, or the same path on the sandbox."""
        if sandbox_url is None:
            return self.url
        sandbox = urlsplit(sandbox_url)
        return urlunsplit((sandbox.scheme, sandbox.netloc, urlsplit(self.url).path, "", ""))


class County(_Entry):
    """A county, named by its five-digit FIPS code in the registry."""

    name: str = Field(min_length=1)
    state: str = Field(pattern=r"^[A-Z]{2}$")
    time_zone: str = Field(min_length=1)
    projection_srid: int = Field(ge=1, description="planar, in feet")
    latitude: tuple[float, float]
    longitude: tuple[float, float]
    sources: dict[SourceType, Source] = Field(min_length=1)

    @model_validator(mode="after")
    def _box_is_a_box(self) -> Self:
        for name, (low, high), limit in (
            ("latitude", self.latitude, 90),
            ("longitude", self.longitude, 180),
        ):
            if not -limit <= low < high <= limit:
                raise ValueError(f"{name} must be [lowest, highest] within +-{limit}")
        return self


class Registry(_Entry):
    counties: dict[Annotated[str, StringConstraints(pattern=r"^\d{5}$")], County] = Field(
        min_length=1
    )

    def county(self, county_fips: str) -> County:
        """Raises RegistryError with the known counties if there is none of that code."""
        if county_fips not in self.counties:
            known = ", ".join(f"{fips} ({c.name}, {c.state})" for fips, c in self.counties.items())
            raise RegistryError(f"No county {county_fips} in the registry. Known: {known}.")
        return self.counties[county_fips]

    def source(self, county_fips: str, source_type: str) -> Source:
        """Raises RegistryError with the known sources if the county has none of that name."""
        sources = self.county(county_fips).sources
        if source_type not in sources:
            raise RegistryError(
                f"County {county_fips} has no source {source_type!r}. Known: {', '.join(sources)}."
            )
        return sources[source_type]

    def select(
        self, county_fips: str | None = None, source_types: list[str] | None = None
    ) -> list[tuple[str, str, Source]]:
        """(county FIPS, source type, source) of the named county and sources, default all.

        Raises:
            RegistryError: a county or source is unknown; the message lists the known ones.
        """
        counties = {county_fips: self.county(county_fips)} if county_fips else self.counties
        known = {name for county in counties.values() for name in county.sources}
        wanted = set(source_types or known)
        if unknown := wanted - known:
            raise RegistryError(
                f"Unknown source: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}."
            )
        return [
            (fips, name, source)
            for fips, county in counties.items()
            for name, source in county.sources.items()
            if name in wanted
        ]


def read_registry(path: Path) -> Registry:
    """Read and validate a registry file.

    Raises:
        RegistryError: unreadable or wrong; the message names the entry and the field.
    """
    try:
        return Registry.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise RegistryError(f"Cannot read {path.name}: {error}") from error
    except ValidationError as error:
        problems = [f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise RegistryError(f"{path.name} is wrong:\n" + "\n".join(problems)) from error


@cache
def load_registry() -> Registry:
    """The project's own registry."""
    return read_registry(REGISTRY_FILE)


def save_registry(connection: Connection, registry: Registry) -> None:
    """Copy the registry to `ops`, where dbt reads it; commits nothing.

    A county that left the registry leaves the copy too, unless raw records of it remain.
    """
    for fips, county in registry.counties.items():
        connection.execute(
            text(
                """
                insert into ops.registry_counties (
                    county_fips, county_name, state_code, time_zone, projection_srid,
                    latitude_min, latitude_max, longitude_min, longitude_max
                )
                values (
                    :county_fips, :name, :state, :time_zone, :projection_srid,
                    :latitude_min, :latitude_max, :longitude_min, :longitude_max
                )
                on conflict (county_fips) do update set
                    county_name = excluded.county_name,
                    state_code = excluded.state_code,
                    time_zone = excluded.time_zone,
                    projection_srid = excluded.projection_srid,
                    latitude_min = excluded.latitude_min,
                    latitude_max = excluded.latitude_max,
                    longitude_min = excluded.longitude_min,
                    longitude_max = excluded.longitude_max
                where registry_counties is distinct from excluded
                """
            ),
            {
                **county.model_dump(include={"name", "state", "time_zone", "projection_srid"}),
                "county_fips": fips,
                "latitude_min": county.latitude[0],
                "latitude_max": county.latitude[1],
                "longitude_min": county.longitude[0],
                "longitude_max": county.longitude[1],
            },
        )
        for source_type, source in county.sources.items():
            connection.execute(
                text(
                    """
                    insert into ops.registry_sources (
                        county_fips, source_type, source_kind, url, key_fields,
                        parcel_id_order, refresh_mode, freshness_hours
                    )
                    values (
                        :county_fips, :source_type, :kind, :url, :key_fields,
                        :parcel_id_order, :refresh_mode, :freshness_hours
                    )
                    on conflict (county_fips, source_type) do update set
                        source_kind = excluded.source_kind,
                        url = excluded.url,
                        key_fields = excluded.key_fields,
                        parcel_id_order = excluded.parcel_id_order,
                        refresh_mode = excluded.refresh_mode,
                        freshness_hours = excluded.freshness_hours
                    where registry_sources is distinct from excluded
                    """
                ),
                {
                    **source.model_dump(
                        include={
                            "kind",
                            "url",
                            "key_fields",
                            "parcel_id_order",
                            "refresh_mode",
                            "freshness_hours",
                        }
                    ),
                    "county_fips": fips,
                    "source_type": source_type,
                },
            )
    _remove_unregistered(connection, registry)
    # statistics for dbt's joins, which else expect hundreds of counties
    connection.execute(text("analyze ops.registry_counties, ops.registry_sources"))


def _remove_unregistered(connection: Connection, registry: Registry) -> None:
    registered = {(fips, name) for fips, name, _ in registry.select()}
    saved = connection.execute(text("select county_fips, source_type from ops.registry_sources"))
    for fips, source_type in {tuple(row) for row in saved} - registered:
        records = table(source_type, column("county_fips"), schema="raw")
        if connection.scalar(select(exists().where(records.c.county_fips == fips))):
            continue
        connection.execute(
            text(
                "delete from ops.registry_sources where county_fips = :fips and source_type = :name"
            ),
            {"fips": fips, "name": source_type},
        )
    connection.execute(
        text(
            """
            delete from ops.registry_counties
            where county_fips != all(:registered) and county_fips not in (
                select county_fips from ops.registry_sources
            )
            """
        ),
        {"registered": list(registry.counties)},
    )
