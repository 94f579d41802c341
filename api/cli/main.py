"""The program `creditbank`: one sub-command a noun."""

import typer

from api.cli import (
    accounts,
    bank,
    batches,
    catalogue,
    certifications,
    consents,
    contacts,
    conversions,
    courses,
    definitions,
    delegations,
    documents,
    evidence,
    held,
    imports,
    institutions,
    keys,
    learning_systems,
    ledger,
    matters,
    names,
    notices,
    offerings,
    outcomes,
    passes,
    points,
    recoveries,
    rules,
    serve,
    staff,
    verify,
)
from api.cli.demo import demo
from api.cli.doctor import doctor

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("init")(bank.init)
app.command("migrate")(bank.migrate)
app.command("serve")(serve.serve)
app.command("jobs")(serve.jobs)
app.command("doctor")(doctor)
app.command("demo")(demo)
app.command("import")(imports.import_file)
app.command("verify")(verify.verify)
app.add_typer(institutions.app, name="institutions")
app.add_typer(staff.app, name="staff")
app.add_typer(courses.app, name="courses")
app.add_typer(definitions.app, name="definitions")
app.add_typer(certifications.app, name="certifications")
app.add_typer(offerings.app, name="offerings")
app.add_typer(catalogue.programmes, name="programmes")
app.add_typer(catalogue.enrolments, name="enrolments")
app.add_typer(catalogue.levels, name="levels")
app.add_typer(catalogue.calendar, name="calendar")
app.add_typer(learning_systems.app, name="learning-systems")
app.add_typer(accounts.app, name="accounts")
app.add_typer(recoveries.app, name="recoveries")
app.add_typer(documents.app, name="documents")
app.add_typer(names.app, name="names")
app.add_typer(contacts.app, name="contacts")
app.add_typer(points.app, name="service-points")
app.add_typer(delegations.app, name="delegations")
app.add_typer(consents.app, name="consents")
app.add_typer(notices.app, name="notices")
app.add_typer(outcomes.app, name="outcomes")
app.add_typer(held.app, name="held")
app.add_typer(batches.app, name="batches")
app.add_typer(evidence.app, name="evidence")
app.add_typer(matters.app, name="matters")
app.add_typer(rules.app, name="rules")
app.add_typer(conversions.app, name="conversions")
app.add_typer(passes.app, name="passes")
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")


def main() -> None:
    """Run the program."""
    app()
