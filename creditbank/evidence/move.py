"""Move evidence to the person whose it is: sealed anew under her key, with a leaf of its own."""

from collections.abc import Callable, Iterator, Sequence

from creditbank.evidence.add import AddEvidence, EvidenceKind, Piece, bytes_place
from creditbank.evidence.queries import StoredEvidence
from creditbank.evidence.show import read_file, stated_of
from creditbank.evidence.store import EvidenceStore
from creditbank.keystore.account_key import AccountKey


def sealed_anew(
    pieces: Sequence[StoredEvidence],
    key: AccountKey,
    to: AccountKey,
    store: EvidenceStore,
    entropy: Callable[[int], bytes],
) -> Iterator[tuple[str, AddEvidence | None]]:
    """Give each piece's id, and the command that adds it at the other person, sealed for her.

    What the pieces are about is named once it is recorded. There is none where the file is gone;
    raises `SealBroken` for a file that is not the one its leaf commits to.
    """
    for one in pieces:
        content = read_file(store, key, one)
        if content is None:
            yield one.id, None
            continue
        stated, file_id = stated_of(key, one), entropy(16).hex()
        store.put(file_id, to.seal(bytes_place(file_id), content, entropy))
        piece = Piece(
            file_id=file_id,
            media_type=one.media_type,
            size=one.size,
            sha256=bytes.fromhex(str(stated["sha256"])),
        )
        yield (
            one.id,
            AddEvidence(
                key=to,
                piece=piece,
                kind=EvidenceKind(one.kind),
                issuer=one.issuer,
                added_by=one.added_by,
                original_seen_by=_text(stated.get("original_seen_by")),
                archive_number=_text(stated.get("archive_number")),
            ),
        )


def _text(fact: object) -> str | None:
    return None if fact is None else str(fact)
