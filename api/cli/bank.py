"""Make a bank and bring its databases up to date."""

from api.cli.options import AsJson
from api.cli.output import answering, print_result
from creditbank.founding import ADMINISTRATOR, init_bank
from creditbank.migrations.run import migrate as run_migrations
from creditbank.settings import Settings


def init(*, as_json: AsJson = False) -> None:
    """Make databases, keys and the first administrator, whose password is shown this once."""
    with answering():
        founding = init_bank(Settings())
    installation = founding.installation
    result = {
        "ledger_origin": installation.ledger_origin,
        "issuer_did": installation.issuer_did,
        "institution": installation.institution_id,
    }
    if founding.password is not None:
        result |= {"login": ADMINISTRATOR, "password": founding.password}
    print_result(result, as_json=as_json)


def migrate(*, as_json: AsJson = False) -> None:
    """Bring both databases to the newest revision."""
    with answering():
        run_migrations(Settings())
    print_result({"migrated": True}, as_json=as_json)
