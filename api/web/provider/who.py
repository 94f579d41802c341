"""Who is let in to which pages of a provider, by what her roles let her do."""

from typing import Annotated

from fastapi import Depends

from api.web.page import Page, SignedIn
from creditbank.access.actor import Scope

WriterPage = Annotated[Page, Depends(SignedIn(Scope.OUTCOMES_WRITE))]
"""For a page by which results are handed in, corrected or taken back."""
ReaderPage = Annotated[Page, Depends(SignedIn(Scope.OUTCOMES_READ))]
"""For a page that shows what was handed in."""
CountersignerPage = Annotated[Page, Depends(SignedIn(Scope.BATCHES_COUNTERSIGN))]
"""For what the second person decides about a file."""
HolderPage = Annotated[Page, Depends(SignedIn(Scope.HELD_DECIDE))]
"""For a page about results that wait for a person to say whose they are."""
CataloguePage = Annotated[Page, Depends(SignedIn(Scope.CATALOGUE_WRITE))]
"""For a page of the institution's courses."""
RegistrarPage = Annotated[Page, Depends(SignedIn(Scope.INSTITUTIONS_REGISTER))]
"""For a page of the institution's keys and facts."""
ManagerPage = Annotated[Page, Depends(SignedIn(Scope.STAFF_MANAGE))]
"""For what an institution decides about its own ways."""
WebhookPage = Annotated[Page, Depends(SignedIn(Scope.WEBHOOKS_MANAGE))]
"""For a page of where the institution's messages are posted."""
VenuePage = Annotated[Page, Depends(SignedIn(Scope.VENUES_RUN))]
"""For a page of those who run a venue."""
