"""Fetch public county records and land them, untouched, in the `raw` schema."""

import os
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]

# Before dlt is imported: its settings file is ours wherever the process starts, and it reports
# nothing to anybody.
os.environ.setdefault("DLT_PROJECT_DIR", str(PROJECT_DIR))
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
