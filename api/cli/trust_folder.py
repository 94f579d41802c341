"""The folder that verifies offline: keys of issuer and log, policy, status lists, and their date.

The offline page reads the same folder.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from certificates.did import ASSERTION, methods_of, other_names_in, read_did_document
from certificates.errors import DocumentRefused
from certificates.verify_status_list import StatusList, read_status_list
from creditbank.verification.compose import Trust
from ledger.policy import write_policy

DID, LOG_KEYS, POLICY, AS_OF, STATUS = "did.json", "vkey", "policy", "as_of", "status"


def write_trust(
    folder: Path,
    did_document: Mapping[str, object],
    log_keys: Sequence[str],
    *,
    status_lists: Mapping[str, bytes],
    log_url: str,
    now: datetime,
) -> list[str]:
    """Write the folder, status lists as they are served; gives the names of its files."""
    (folder / STATUS).mkdir(parents=True, exist_ok=True)
    files = {
        DID: (json.dumps(did_document, ensure_ascii=False, indent=2) + "\n").encode(),
        LOG_KEYS: "".join(f"{key}\n" for key in log_keys).encode(),
        POLICY: write_policy(log_keys, log_url).encode(),
        AS_OF: f"{now.isoformat(timespec='seconds')}\n".encode(),
        **{f"{STATUS}/{name}.json": document for name, document in status_lists.items()},
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return list(files)


def read_trust(folder: Path) -> Trust:
    """Read the folder; raises `DocumentRefused`, also for a list that its issuer did not sign."""
    try:
        document = json.loads((folder / DID).read_text("utf-8"))
        issuer, keys = read_did_document(document)
        trust = Trust(
            pass_keys=keys,
            issuer=issuer,
            log_keys=(folder / LOG_KEYS).read_text("utf-8").split(),
            assertion_keys=methods_of(document, ASSERTION),
            other_names=other_names_in(document),
        )
        return replace(trust, status_lists=_status_lists(folder / STATUS, trust))
    except (OSError, ValueError, DocumentRefused) as error:
        raise DocumentRefused(f"{folder} is no folder of `keys export`: {error}") from error


def _status_lists(folder: Path, trust: Trust) -> dict[str, StatusList]:
    """Read the lists; a folder of before has none."""
    files = sorted(folder.glob("*.json"))
    lists = [
        read_status_list(one.read_bytes(), issuers=trust.names, key_of=trust.assertion_key)
        for one in files
    ]
    return {one.name: one for one in lists}
