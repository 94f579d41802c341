"""Whether a row names a learner by one of her numbers: what an erasure must not leave behind.

A name alone says of nobody that it is her, so a row is hers by a number: that of the account, of a
document, or the provider's own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.documents import Document, DocumentType, read_document
from creditbank.learners.find import learner_tag

LENGTH_MIN = 6
"""A shorter text may be a grade, a credit value or a term that is written like her number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HerNumbers:
    """Every look-up tag that leads to a learner, and the documents of which the number is kept."""

    secrets: VaultSecrets
    tags: Collection[bytes] = field(repr=False)
    documents: Collection[str] = field(default=(), repr=False)

    def are_in(self, texts: Iterable[str], institution_id: str) -> bool:
        """Say whether a row of an institution names her."""
        return any(self._is_hers(text.strip(), institution_id) for text in texts)

    def _is_hers(self, text: str, institution_id: str) -> bool:
        if len(text) < LENGTH_MIN:
            return False
        plain = "".join(text.split())
        tags = {
            learner_tag(self.secrets, institution_id, "account_number", plain),
            learner_tag(self.secrets, institution_id, "learner_number", text),
        }
        document = read_document(DocumentType.OTHER, "XXX", text)
        if isinstance(document, Document):
            tags.add(document.tag(self.secrets))
            if document.number in self.documents:
                return True
        return not tags.isdisjoint(self.tags)
