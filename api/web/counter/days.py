"""The day on which a form was received 收件日期, as it is typed at the counter."""

from datetime import date

from api.web.forms import Form
from creditbank.conversion.days import read_day
from creditbank.errors import FieldProblem, InvalidInput


def read_received_on(form: Form) -> date:
    """Read the day of receipt; raises `InvalidInput`."""
    text = form.text("received_on")
    if text is None:
        raise InvalidInput([FieldProblem(field="received_on", code="field-missing")])
    try:
        return read_day(text)
    except ValueError:
        problem = FieldProblem(field="received_on", code="date-unreadable")
        raise InvalidInput([problem]) from None
