"""Every table of the bank's database, so that Alembic sees them all."""

from sqlmodel import SQLModel

import creditbank.access.tables as access
import creditbank.applications.tables as applications
import creditbank.catalogue.tables as catalogue
import creditbank.closures.tables as closures
import creditbank.credentials.tables as credentials
import creditbank.credits.tables as credit
import creditbank.evidence.tables as evidence
import creditbank.filings.tables as filings
import creditbank.grants.tables as grants
import creditbank.installation.tables as installation
import creditbank.institutions.tables as institutions
import creditbank.learners.tables as learners
import creditbank.matters.tables as matters
import creditbank.measures.tables as measures
import creditbank.outcomes.tables as outcomes
import creditbank.passes.tables as passes
import creditbank.rules.tables as rules
import creditbank.venues.tables as venues
import creditbank.webhooks.tables as webhooks
import creditbank.writer.tables as writer
from ledger import tables as ledger

ROOMS = (
    access,
    applications,
    catalogue,
    closures,
    credentials,
    credit,
    evidence,
    filings,
    grants,
    installation,
    institutions,
    learners,
    matters,
    measures,
    outcomes,
    passes,
    rules,
    venues,
    webhooks,
    writer,
    ledger,
)
METADATA = SQLModel.metadata
