"""A generated county: four data sets that belong together, on one day."""

from dataclasses import dataclass
from datetime import date

from sandbox.county.code_cases import CodeCases
from sandbox.county.days import Calendar
from sandbox.county.draws import Draws
from sandbox.county.foreclosures import Foreclosures
from sandbox.county.roll import Roll
from sandbox.county.tax_sales import TaxSales
from sandbox.table import GeneratedTable

# Orange County, FL: roll and cases counted in mid-2026, sales as listed by the tax layer.
REAL_PARCELS, REAL_CASES, REAL_FORECLOSURES, REAL_TAX_SALES = 496_431, 254_652, 10_000, 86
FEWEST_FORECLOSURES, FEWEST_TAX_SALES = 60, 16


@dataclass(frozen=True)
class CountyArguments:
    """Everything that decides what a generated county says."""

    parcels: int
    seed: int
    as_of: date
    day: int = 0


def generate(arguments: CountyArguments) -> dict[str, GeneratedTable]:
    """The county's tables by source name, scaled with the size of its roll."""
    draws = Draws(arguments.seed)

    def scaled(real: int) -> int:
        return round(arguments.parcels * real / REAL_PARCELS)

    roll = Roll(draws, arguments.parcels, Calendar(arguments.as_of, arguments.day))
    tax_sales = TaxSales(draws, max(FEWEST_TAX_SALES, scaled(REAL_TAX_SALES)), roll)
    foreclosures = Foreclosures(draws, max(FEWEST_FORECLOSURES, scaled(REAL_FORECLOSURES)), roll)
    return {
        "tax_sales": tax_sales.table(),
        "foreclosures": foreclosures.table(),
        "property_records": roll.table(),
        "code_violations": CodeCases(draws, scaled(REAL_CASES), roll).table(),
    }
