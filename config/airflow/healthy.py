"""`python healthy.py URL [PART...]`: does Airflow at URL call these parts healthy? Default: all.

Asks the api-server: Airflow's own `jobs check` imports Airflow for seconds, at every health check.
"""

import json
import sys
import urllib.request

PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")

try:
    address = f"{sys.argv[1]}/api/v2/monitor/health"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - from our own settings
        found = json.load(answer)
except OSError as error:
    sys.exit(f"no answer from {sys.argv[1]}: {error}")
states = {part: found[part]["status"] for part in sys.argv[2:] or PARTS}
print(", ".join(f"{part} {state}" for part, state in states.items()))
sys.exit(set(states.values()) != {"healthy"})
