"""What parcels are worth: market parts, assessment, exemption, taxes.

Proportions of the recorded roll: market/assessed has a median of 1.66 for homesteads and 1.00 for
others; taxes are 15.4 to 22.4 mills of the taxable value, about one less for homesteads.
"""

from dataclasses import dataclass

import numpy as np

from sandbox.county.draws import Floats, Ints
from sandbox.county.parcels import COMMERCIAL, COMMON, CONDO, HOME, LOTS, Parcels


@dataclass(frozen=True)
class Worth:
    """Money of parcels in dollars, area in square feet."""

    land: Floats
    building: Floats
    extra: Floats
    assessed: Floats
    exempt: Floats
    taxes: Floats
    living_area: Floats
    homestead: np.ndarray

    @property
    def market(self) -> Floats:
        return self.land + self.building + self.extra


def appraise(parcels: Parcels, ids: Ints, value_day: Ints, sale_day: Ints) -> Worth:
    """Values after the last revaluation and the last sale (days; 0 = none since the start)."""
    draw, kind, plats = parcels.draws, parcels.kind(ids), parcels.plats
    level = np.exp(plats.price[ids // LOTS] + 0.2 * draw.normal("parcel/price", ids))
    level = np.where(kind == COMMERCIAL, level * 4, np.where(kind == CONDO, level * 0.6, level))
    level *= 1 + (value_day > 0) * (draw.uniform("roll/revalue", ids, value_day) - 0.4) * 0.1
    land_share = 0.2 + 0.15 * draw.uniform("parcel/land", ids)
    built = (kind == HOME) | (kind == CONDO) | (kind == COMMERCIAL)
    land = np.where(kind == CONDO, 0, np.round(level * land_share, -2))
    building = np.where(built, np.round(level - land, -1), 0)
    extra = np.round(draw.uniform("parcel/extra", ids) ** 3 * 20_000, -2)
    extra = np.where((kind == HOME) & (draw.uniform("parcel/has_extra", ids) < 0.6), extra, 0)
    land = np.where(kind == COMMON, 100, land)
    market = land + building + extra
    homestead = (kind == HOME) | (kind == CONDO)
    homestead &= (draw.uniform("parcel/homestead", ids) < 0.45) & (sale_day == 0)
    gap = np.exp(np.log(1.66) + 0.32 * draw.normal("parcel/gap", ids))
    capped = 1 + np.maximum(draw.uniform("parcel/cap", ids) - 0.7, 0)
    ratio = np.where(homestead, np.clip(gap, 1, 3.76), np.where(sale_day > 0, 1, capped))
    assessed = np.round(market / np.where(built, ratio, 1))
    allowance = np.array([25_000, 30_000, 192_590])[
        draw.choice("parcel/exemption", ids, [0.93, 0.05, 0.02])
    ]
    exempt = np.where(homestead, np.minimum(allowance, assessed), 0)
    mills = plats.mills[ids // LOTS] - 1.1 * homestead
    taxes = (assessed - exempt) * mills / 1000
    area = np.round(level / (150 + 60 * draw.uniform("parcel/area", ids)))
    return Worth(
        land, building, extra, assessed, exempt, taxes, np.where(built, area, 0), homestead
    )
