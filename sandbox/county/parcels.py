"""Identity, place and address of parcels: all of the roll that days do not change.

Record r is lot r % 64 of plat r // 64, so any subset of records can be asked for, in any order.
"""

import numpy as np

from sandbox.county.draws import Draws, Floats, Ints
from sandbox.county.geography import FOOT_LAT, FOOT_LON
from sandbox.county.plats import STREETS, Plats

LOTS = 64
HOUSES = LOTS // STREETS

HOME, CONDO, VACANT, COMMON, COMMERCIAL = range(5)


class Parcels:
    """Methods take record numbers and answer with one value for each."""

    def __init__(self, draws: Draws, records: int) -> None:
        self.draws = draws
        self.plats = Plats(draws, -(-records // LOTS))

    def identity(self, ids: Ints) -> Ints:
        """The record whose parcel this is: a few records are further polygons of the one before."""
        second = self.draws.uniform("parcel/polygon", ids) < 0.004
        second &= ids % LOTS > 0
        first = self.draws.uniform("parcel/polygon", ids - 1) >= 0.004
        return np.where(second & first, ids - 1, ids)

    def kind(self, ids: Ints) -> Ints:
        """HOME, CONDO, VACANT, COMMON or COMMERCIAL."""
        kinds = self.draws.choice("parcel/kind", ids, [0.91, 0, 0.06, 0, 0.03])
        kinds = np.where(self.plats.condominium[ids // LOTS], CONDO, kinds)
        return np.where(ids % LOTS == LOTS - 1, COMMON, kinds)

    def in_city(self, ids: Ints) -> np.ndarray:
        """Inside the City of Orlando?"""
        return self.plats.in_city[ids // LOTS]

    def place(self, ids: Ints) -> tuple[Floats, Floats]:
        """Longitude and latitude of each parcel; the units of a condominium share one point."""
        plats, lot = ids // LOTS, ids % LOTS
        wobble = self.draws.uniform("parcel/wobble", ids) * 20
        east = (lot % HOUSES - HOUSES / 2 + 0.5) * 75 + wobble
        north = (lot // HOUSES - STREETS / 2 + 0.5) * 250 + wobble
        alone = ~self.plats.condominium[plats]
        lon = self.plats.lon[plats] + alone * east * FOOT_LON
        lat = self.plats.lat[plats] + alone * north * FOOT_LAT
        return np.round(lon, 8), np.round(lat, 8)

    def parcel_ids(self, ids: Ints) -> list[str]:
        """15 digits in the roll's order: range, township, section, subdivision, block, lot."""
        own = self.identity(ids)
        lot = own % LOTS
        number = (self.plats.number[own // LOTS] + lot // HOUSES) * 1000 + (lot % HOUSES + 1) * 10
        return [str(n) for n in number.tolist()]

    def dashed_ids(self, ids: Ints) -> list[str]:
        """Section-township-range order with dashes, as tax sales write it."""
        return [
            f"{p[4:6]}-{p[2:4]}-{p[:2]}-{p[6:10]}-{p[10:12]}-{p[12:]}" for p in self.parcel_ids(ids)
        ]

    def _street(self, ids: Ints) -> Ints:
        plats = ids // LOTS
        return np.where(self.plats.condominium[plats], plats * STREETS, ids // HOUSES)

    def street(self, ids: Ints) -> tuple[list[str], list[str]]:
        """Name with its direction, and short type, of each parcel's street."""
        street = self._street(ids)
        return self.plats.street_name[street].tolist(), self.plats.street_type[street].tolist()

    def house_number(self, ids: Ints) -> Ints:
        """0 where the address has none (common areas, some land)."""
        kind, block = self.kind(ids), self.plats.block[self._street(ids)]
        condominium = self.plats.condominium[ids // LOTS]
        number = np.where(condominium, block, block + ids % HOUSES * 6 + 2)
        bare = (kind == VACANT) & (self.draws.uniform("parcel/bare", ids) < 0.5)
        return np.where((kind == COMMON) | bare, 0, number)

    def unit(self, ids: Ints) -> Ints:
        """Unit of a condominium, 0 elsewhere: 101..116 on the first floor, and so on."""
        lot = ids % LOTS
        return np.where(self.kind(ids) == CONDO, (lot // HOUSES + 1) * 100 + lot % HOUSES + 1, 0)

    def addresses(self, ids: Ints) -> list[str]:
        """Street line of the roll: '1610 E AMBERBANK ST', 'ELMERDALE CT', '300 X RD UNIT 204'."""
        house, unit = self.house_number(ids), self.unit(ids)
        lines = [
            f"{number} {name} {type_}"
            for number, name, type_ in zip(house.tolist(), *self.street(ids), strict=True)
        ]
        for place in np.flatnonzero(house == 0).tolist():
            lines[place] = lines[place].removeprefix("0 ")
        for place in np.flatnonzero(unit).tolist():
            lines[place] += f" UNIT {unit[place]}"
        return lines

    def cities_and_zips(self, ids: Ints) -> tuple[list[str], list[str]]:
        """Postal city (upper case) and ZIP code."""
        plats = ids // LOTS
        return self.plats.city[plats].tolist(), self.plats.zip_code[plats].tolist()
