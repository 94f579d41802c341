"""Write the golden vectors of offline verification anew: the folder of trust and every report.

Keys, times and salts are fixed, so that the same files are written again; a report that changed is
seen in the difference, and is judged by a person before it is kept.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from api.cli.trust_folder import read_trust
from api.verification_view import report_view
from creditbank.verification.offline import verify_offline
from tests.vectors.credentials import credentials
from tests.vectors.entry_proofs import entry_proofs
from tests.vectors.issuer import write_golden_trust
from tests.vectors.listed_passes import listed_passes

FOLDER = Path(__file__).parents[1] / "tests" / "vectors"


def main() -> None:
    """Write the files."""
    write(FOLDER)


def write(folder: Path) -> None:
    """Write the folder of trust and the vectors below this folder."""
    trusted = folder / "trust"
    write_golden_trust(trusted)
    trust = read_trust(trusted)
    vectors = []
    for name, (text, now) in {**listed_passes(), **credentials(), **entry_proofs()}.items():
        report = verify_offline(text, trust=trust, now=now)
        shown = report_view(report).model_dump(mode="json")
        vectors.append({"name": name, "text": text, "now": now.isoformat(), "report": shown})
    written = json.dumps(vectors, ensure_ascii=False, indent=1)
    (folder / "offline.json").write_text(f"{written}\n", "utf-8")


if __name__ == "__main__":
    main()
