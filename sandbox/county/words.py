"""Invented words: street names, and owners, lenders and law firms nobody can take for real."""

STREET_HEADS = (
    "AMBER", "BRIAR", "CINDER", "DAPPLE", "ELMER", "FERN", "GLIMMER", "HAZEL", "INDIGO", "JUNI",
    "KESTREL", "LARK", "MARL", "NETTLE", "OPAL", "PEBBLE", "QUILL", "RUSSET", "SORREL", "TAWNY",
    "UMBER", "VELLUM", "WILLOW", "YARROW", "ZEPHYR",
)  # fmt: skip
STREET_TAILS = (
    "BANK", "BEND", "BROOK", "CREST", "DALE", "FALL", "FIELD", "GATE", "GROVE", "HOLLOW",
    "MEAD", "MERE", "MOOR", "RIDGE", "SHADE", "STONE", "VALE", "WATER", "WICK", "WOOD",
)  # fmt: skip
STREET_NAMES = tuple(head + tail for head in STREET_HEADS for tail in STREET_TAILS)

# The roll abbreviates street types, the foreclosure layer spells them out.
STREET_TYPES = {
    "ST": "STREET",
    "AVE": "AVENUE",
    "DR": "DRIVE",
    "CT": "COURT",
    "LN": "LANE",
    "RD": "ROAD",
    "CIR": "CIRCLE",
    "BLVD": "BOULEVARD",
    "WAY": "WAY",
    "TER": "TERRACE",
    "PL": "PLACE",
    "LOOP": "LOOP",
}
DIRECTIONS = ("", "", "", "", "", "", "N ", "S ", "E ", "W ")

# jurisdiction prefix of ZONING_CODE -> (city in the address, ZIP codes, zoning districts)
JURISDICTIONS = {
    "ORL": ("ORLANDO", ("32801", "32803", "32805", "32806", "32811"), ("R-1A", "R-2B/T", "PD")),
    "ORG": ("ORLANDO", ("32808", "32812", "32818", "32822", "32825"), ("R-1", "R-1A", "P-D")),
    "APK": ("APOPKA", ("32703", "32712"), ("RSF-1A", "PUD")),
    "OCO": ("OCOEE", ("34761",), ("R-1A", "R-1AA")),
    "WG": ("WINTER GARDEN", ("34787",), ("R-1", "PUD")),
    "WP": ("WINTER PARK", ("32789", "32792"), ("R-1AA", "R-3")),
    "MTL": ("MAITLAND", ("32751",), ("RSF-3",)),
}

OTHER_STATES = (
    ("EXAMPLEVILLE", "GA", "30301"),
    ("SAMPLETON", "NY", "10001"),
    ("TESTBURG", "IL", "60601"),
    ("MODELFORD", "TX", "75201"),
)

# The same firm is spelled in several ways, as in the county's layer.
LENDERS = (
    "Example Savings Bank NA", "Example Savings Bank Na", "Sample Mortgage Incorporated",
    "Sample Mortgage Inc", "Placeholder Home Loans Services Lp", "Specimen National Trust Company",
)  # fmt: skip
TRUSTEES = (
    "Sample Law Group, PA", "Sample Law Group Pa.", "Example & Associates",
    "Example & Associates Pl",
    "Specimen Foreclosure Attorneys", "Placeholder Law Firm, Pa.",
)  # fmt: skip
