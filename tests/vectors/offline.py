"""Golden reports of offline verification, for every door; `dev/offline_vectors.py` writes them."""

import json
from pathlib import Path
from typing import Any

from tests.vectors.passes import VECTORS

TRUST_FOLDER = Path(__file__).parent / "trust"
"""A folder of `keys export`: what every vector is verified by."""

OFFLINE_VECTORS: list[dict[str, Any]] = VECTORS + json.loads(
    (Path(__file__).parent / "offline.json").read_text("utf-8")
)
"""Each has a name, a text, the time at which it is verified, and the report; passes come first."""
