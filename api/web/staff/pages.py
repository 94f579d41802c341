"""The pages of staff by what one must be allowed to see them."""

from typing import Annotated

from fastapi import Depends

from api.web.page import Page, SignedIn
from creditbank.access.actor import Scope

FilingsPage = Annotated[Page, Depends(SignedIn(Scope.FILINGS_DECIDE))]
"""For who decides on filings 申请."""
MattersPage = Annotated[Page, Depends(SignedIn(Scope.MATTERS_DECIDE))]
"""For who decides on matters 事项 and on conversions under review."""
CounterPage = Annotated[Page, Depends(SignedIn(Scope.ACCOUNTS_SERVE))]
"""For who serves learners at a service point 服务网点."""
OpenerPage = Annotated[Page, Depends(SignedIn(Scope.ACCOUNTS_OPEN))]
"""For who opens accounts there."""
RegistrarPage = Annotated[Page, Depends(SignedIn(Scope.INSTITUTIONS_REGISTER))]
"""For who registers institutions and issues their keys."""
ManagerPage = Annotated[Page, Depends(SignedIn(Scope.STAFF_MANAGE))]
"""For who says which staff there is."""
DrafterPage = Annotated[Page, Depends(SignedIn(Scope.CATALOGUE_WRITE))]
"""For who drafts rules."""
ApproverPage = Annotated[Page, Depends(SignedIn(Scope.CATALOGUE_CERTIFY))]
"""For who approves rules."""
RulePage = Annotated[Page, Depends(SignedIn(Scope.CATALOGUE_WRITE, also=Scope.CATALOGUE_CERTIFY))]
"""For who drafts or approves rules."""
ReaderPage = Annotated[Page, Depends(SignedIn(Scope.OUTCOMES_READ))]
"""For who reads the outcomes of an institution."""
WriterPage = Annotated[Page, Depends(SignedIn(Scope.OUTCOMES_WRITE))]
"""For who records them, and takes measures."""
AuditPage = Annotated[Page, Depends(SignedIn(Scope.AUDIT_READ))]
"""For who audits."""
GrantsPage = Annotated[Page, Depends(SignedIn(Scope.GRANTS_READ))]
"""For an employer's people, who look at what was granted to it."""
