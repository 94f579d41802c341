"""The golden proofs of an entry, and what is wrong with some of them."""

import hashlib
import json
from datetime import datetime
from typing import Any

from ledger.checkpoint import Checkpoint, sign_note
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import leaf_hash, node_hash
from ledger.receipt import make_receipt
from ledger.statement import JSONValue, choose, make_statement
from tests.vectors.issuer import CHECKPOINT, LOG, MADE_AT, NOW, STRANGER, LogSigner, Texts

STATED: dict[str, JSONValue] = {
    "title": "高等数学",
    "result": "合格",
    "credits": "3.5",
    "grade": "92",
}


def entry_proofs() -> Texts:
    """Give every proof."""
    statement = make_statement(
        issuer="inst-1", log=LOG, kind="outcome", fields=STATED, entropy=_spread
    )
    draft = LeafDraft(
        t="outcome", id=bytes(range(16)), iss="inst-1", acct=bytes(32), stmt=statement.digest
    )
    leaf = encode_draft(draft, log=LOG, at=int(MADE_AT.timestamp()))
    first, last = leaf_hash(b"first"), leaf_hash(b"last")
    root = node_hash(node_hash(first, leaf_hash(leaf)), last)
    tree = Checkpoint(origin=LOG, size=3, root=root)
    note = sign_note(tree, LogSigner(CHECKPOINT))
    proof = {
        "entry_index": 1,
        "leaf": leaf.decode(),
        "receipt": make_receipt(1, [first, last], note),
        "statement": statement.body.decode(),
        "disclosures": list(choose(statement.disclosures, {"title", "result"})),
        "certification": None,
    }

    def changed(*without: str, **members: Any) -> tuple[str, datetime]:
        kept = {name: value for name, value in proof.items() if name not in without}
        return json.dumps({**kept, **members}, ensure_ascii=False), NOW

    other = make_statement(
        issuer="inst-1", log=LOG, kind="outcome", fields={"title": "其他"}, entropy=_spread
    )
    forged = sign_note(tree, LogSigner(STRANGER))
    wrong = sign_note(tree, LogSigner(CHECKPOINT)).replace("\n3\n", "\n4\n", 1)
    return {
        "proof of two fields": changed(),
        "proof of a leaf": changed("statement", "disclosures", "entry_index"),
        "proof, leaf altered": changed(leaf=leaf.decode().replace("inst-1", "inst-2")),
        "proof, path too short": changed(receipt=make_receipt(1, [first], note)),
        "proof, of another place": changed(receipt=make_receipt(0, [first, last], note)),
        "proof, entry named wrongly": changed(entry_index=2),
        "proof, by an unknown key": changed(receipt=make_receipt(1, [first, last], forged)),
        "proof, checkpoint altered": changed(receipt=make_receipt(1, [first, last], wrong)),
        "proof, witnessed": changed(
            receipt=make_receipt(1, [first, last], note + "— witness.example AAAAAAAA\n")
        ),
        "proof, another statement": changed(statement=other.body.decode()),
        "proof, another field": changed(disclosures=list(other.disclosures)),
        "proof, a field twice": changed(disclosures=[statement.disclosures[0]] * 2),
        "proof, fields without statement": changed("statement"),
        "proof, no receipt": changed(receipt="c2sp.org/tlog-proof@v1\n"),
        "proof, of another form": changed(leaf=7),
    }


def _spread(size: int) -> bytes:
    return hashlib.shake_256(b"salts").digest(size)
