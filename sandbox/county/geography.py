"""Where things are: the survey grid behind a parcel id, and the county's plane coordinates.

Section-township-range facts of Orange County, FL: ranges 27..32 run west to east, townships 20..24
north to south, each 6 x 6 miles cut into 36 sections numbered in alternating directions.
"""

import numpy as np

from sandbox.county.draws import Floats, Ints

DOWNTOWN = (-81.3789, 28.5384)
CITY_RADIUS_MILES = 6.0
MILE_LON, MILE_LAT = 0.01645, 0.01449  # degrees a mile at 28.5 degrees north
FOOT_LON, FOOT_LAT = MILE_LON / 5280, MILE_LAT / 5280
RANGE_27_WEST, TOWNSHIP_20_NORTH = -81.656, 28.788
TOWNSHIP_LON, TOWNSHIP_LAT = 0.0987, 0.087

_US_FOOT = 1200 / 3937


def survey_grid(lon: Floats, lat: Floats) -> tuple[Ints, Ints, Ints]:
    """Range, township and section of a point."""
    west = (lon - RANGE_27_WEST) / TOWNSHIP_LON
    south = (TOWNSHIP_20_NORTH - lat) / TOWNSHIP_LAT
    column = np.clip((west % 1 * 6).astype(np.int64), 0, 5)
    row = np.clip((south % 1 * 6).astype(np.int64), 0, 5)
    position = np.where(row % 2 == 0, 5 - column, column)
    return 27 + west.astype(np.int64), 20 + south.astype(np.int64), row * 6 + position + 1


def section_center(range_: int, township: int, section: int) -> tuple[float, float]:
    """Longitude and latitude of the middle of a section (the inverse of `survey_grid`)."""
    row, position = divmod(section - 1, 6)
    column = 5 - position if row % 2 == 0 else position
    lon = RANGE_27_WEST + TOWNSHIP_LON * (range_ - 27 + (column + 0.5) / 6)
    lat = TOWNSHIP_20_NORTH - TOWNSHIP_LAT * (township - 20 + (row + 0.5) / 6)
    return lon, lat


def to_state_plane(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS84 degrees to EPSG:2236 (Florida East, US survey feet).

    Transverse Mercator series of Snyder, Map Projections (1987), p. 61; good to a centimetre here.
    """
    semi_major, flattening = 6378137.0, 1 / 298.257222101
    e2 = flattening * (2 - flattening)
    ep2 = e2 / (1 - e2)
    scale, lon0, lat0 = 1 - 1 / 17000, np.radians(-81.0), np.radians(24 + 20 / 60)

    def meridian(phi: Floats | float) -> Floats:
        return semi_major * (
            (1 - e2 / 4 - 3 * e2**2 / 64 - 5 * e2**3 / 256) * phi
            - (3 * e2 / 8 + 3 * e2**2 / 32 + 45 * e2**3 / 1024) * np.sin(2 * phi)
            + (15 * e2**2 / 256 + 45 * e2**3 / 1024) * np.sin(4 * phi)
            - (35 * e2**3 / 3072) * np.sin(6 * phi)
        )

    phi = np.radians(lat)
    nu = semi_major / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    t = np.tan(phi) ** 2
    c = ep2 * np.cos(phi) ** 2
    a = (np.radians(lon) - lon0) * np.cos(phi)
    easting = (
        scale
        * nu
        * (a + (1 - t + c) * a**3 / 6 + (5 - 18 * t + t**2 + 72 * c - 58 * ep2) * a**5 / 120)
    )
    northing = scale * (
        meridian(phi)
        - meridian(lat0)
        + nu
        * np.tan(phi)
        * (
            a**2 / 2
            + (5 - t + 9 * c + 4 * c**2) * a**4 / 24
            + (61 - 58 * t + t**2 + 600 * c - 330 * ep2) * a**6 / 720
        )
    )
    return (easting + 200000.0) / _US_FOOT, northing / _US_FOOT
