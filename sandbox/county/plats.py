"""Plats: what the 64 lots of a subdivision share, computed once for all of them.

Three plats in ten lie in the City of Orlando, two in twenty are condominiums.
"""

import numpy as np

from sandbox.county.draws import Draws, Floats, Ints
from sandbox.county.geography import (
    CITY_RADIUS_MILES,
    DOWNTOWN,
    MILE_LAT,
    MILE_LON,
    section_center,
    survey_grid,
)
from sandbox.county.words import DIRECTIONS, JURISDICTIONS, STREET_NAMES, STREET_TYPES

STREETS = 4  # a plat
SUBDIVISIONS = 10_000  # four digits of the parcel id

# Two plats whose ids are each other's with section and range swapped: reading one order as the
# other finds a real, wrong parcel. And one plat whose ids read the same both ways.
TWINS = (1, 2)
PALINDROME = 4
FIXED_GRID = {1: (28, 23, 31), 2: (31, 23, 28), PALINDROME: (30, 24, 30)}

CODES = tuple(JURISDICTIONS)


class Plats:
    """Vectors over plats (or, for streets, over plat * STREETS + street)."""

    def __init__(self, draws: Draws, count: int) -> None:
        plats = np.arange(count)
        self.in_city = np.isin(plats % 10, (0, 3, 6))
        self.condominium = np.isin(plats % 20, (3, 7))
        self.lon, self.lat = self._places(draws, plats)
        self.number = self._numbers(plats)
        self.jurisdiction = self._jurisdictions(draws, plats)
        self.price = 12.65 + 0.45 * draws.normal("plat/price", plats)  # log of dollars
        self.mills = 15.4 + 7 * draws.uniform("plat/mills", plats) ** 4
        self.built = (1995 + 18 * draws.normal("plat/era", plats)).astype(np.int64)
        # Share of a city plat's parcels that have code cases: 0.4 on average, few plats near it.
        self.neglect = np.minimum(2 * draws.uniform("plat/neglect", plats) ** 3, 0.95)
        self.city, self.zip_code, self.zoning = self._names(draws, plats)
        streets = np.arange(count * STREETS)
        self.block = draws.integers("street/block", streets, 1, 95) * 100
        direction = np.array(DIRECTIONS, dtype=object)
        name, type_ = np.array(STREET_NAMES, dtype=object), np.array([*STREET_TYPES], dtype=object)
        self.street_name = (
            direction[draws.integers("street/direction", streets, 0, len(direction))]
            + name[draws.integers("street/name", streets, 0, len(name))]
        )
        self.street_type = type_[draws.integers("street/type", streets, 0, len(type_))]

    def _places(self, draws: Draws, plats: Ints) -> tuple[Floats, Floats]:
        """Middle of each plat: the city's disc, or the county around it, thinner to the east."""
        u, v = draws.uniform("plat/u", plats), draws.uniform("plat/v", plats)
        reach = CITY_RADIUS_MILES * np.sqrt(u)
        city_east, city_north = reach * np.cos(2 * np.pi * v), reach * np.sin(2 * np.pi * v)
        east = (-81.64 + 0.60 * u**1.4 - DOWNTOWN[0]) / MILE_LON
        north = (28.365 + 0.40 * v - DOWNTOWN[1]) / MILE_LAT
        distance = np.maximum(np.hypot(east, north), 0.01)
        outward = np.where(
            distance < CITY_RADIUS_MILES, (CITY_RADIUS_MILES + 0.3 * distance) / distance, 1.0
        )
        lon = DOWNTOWN[0] + MILE_LON * np.where(self.in_city, city_east, east * outward)
        lat = DOWNTOWN[1] + MILE_LAT * np.where(self.in_city, city_north, north * outward)
        for plat, grid in FIXED_GRID.items():
            if plat < len(plats):
                lon[plat], lat[plat] = section_center(*grid)
        return lon, lat

    def _numbers(self, plats: Ints) -> Ints:
        """Range, township, section, subdivision and the first block of each: 12 digits."""
        range_, township, section = survey_grid(self.lon, self.lat)
        shared = np.where(plats == TWINS[1], TWINS[0], plats)
        subdivision, phase = shared * 7919 % SUBDIVISIONS, shared // SUBDIVISIONS
        grid = (range_ * 100 + township) * 100 + section
        return (grid * SUBDIVISIONS + subdivision) * 100 + phase * STREETS

    def _jurisdictions(self, draws: Draws, plats: Ints) -> Ints:
        """Index into CODES: the city, towns by where they lie, unincorporated between."""
        town = draws.uniform("plat/town", plats) < 0.55
        code = np.full(len(plats), CODES.index("ORG"))
        lon, lat = self.lon, self.lat
        for name, there in (
            ("WG", lon < -81.56),
            ("OCO", (lon >= -81.56) & (lon < -81.50) & (lat < 28.64)),
            ("APK", (lon < -81.45) & (lat >= 28.64)),
            ("WP", (lon > -81.40) & (lon < -81.29) & (lat > 28.58)),
            ("MTL", (lon > -81.45) & (lon < -81.29) & (lat > 28.65)),
        ):
            code[town & there] = CODES.index(name)
        code[self.in_city] = CODES.index("ORL")
        return code

    def _names(self, draws: Draws, plats: Ints) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Postal city, ZIP code, and zoning code (null for condominiums)."""
        share = draws.uniform("plat/zip", plats).tolist()
        cities, zips, zoning = np.empty((3, len(plats)), dtype=object)
        for plat, code in enumerate(self.jurisdiction.tolist()):
            city, zip_codes, districts = JURISDICTIONS[CODES[code]]
            cities[plat], zips[plat] = city, zip_codes[int(share[plat] * len(zip_codes))]
            if not self.condominium[plat]:
                zoning[plat] = f"{CODES[code]}-{districts[plat % len(districts)]}"
        return cities, zips, zoning
