"""The folder that verifies offline: the keys of issuer and log, the policy, and their date."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from certificates.did import ASSERTION, methods_of, read_did_document
from certificates.errors import DocumentRefused
from creditbank.verification.compose import Trust
from ledger.policy import write_policy

DID, LOG_KEYS, POLICY, AS_OF = "did.json", "vkey", "policy", "as_of"


def write_trust(
    folder: Path,
    did_document: Mapping[str, object],
    log_keys: Sequence[str],
    *,
    log_url: str,
    now: datetime,
) -> list[str]:
    """Write the folder; gives the names of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        DID: json.dumps(did_document, ensure_ascii=False, indent=2) + "\n",
        LOG_KEYS: "".join(f"{key}\n" for key in log_keys),
        POLICY: write_policy(log_keys, log_url),
        AS_OF: f"{now.isoformat(timespec='seconds')}\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return list(files)


def read_trust(folder: Path) -> Trust:
    """Read the folder; raises `DocumentRefused`."""
    try:
        document = json.loads((folder / DID).read_text("utf-8"))
        issuer, keys = read_did_document(document)
        asserting = methods_of(document, ASSERTION)
        log_keys = (folder / LOG_KEYS).read_text("utf-8").split()
    except (OSError, ValueError) as error:
        raise DocumentRefused(f"{folder} is no folder of `keys export`: {error}") from error
    return Trust(pass_keys=keys, issuer=issuer, log_keys=log_keys, assertion_keys=asserting)
