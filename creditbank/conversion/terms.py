"""The terms of filing: in a window of the year, by who has shown who she is."""

from creditbank.conversion.days import as_number
from creditbank.conversion.decision import Note, Reason, Step, Trace
from creditbank.conversion.filing import Filing
from creditbank.conversion.rule import Rule


def meets_terms(rule: Rule, filing: Filing, trace: Trace) -> bool:
    """Test the window and the identity level, where the rule states them."""
    terms = rule.workflow
    if terms is None:
        return True
    is_met = True
    if terms.windows:
        day = filing.filed_on
        is_open = any(one.takes((day.month, day.day)) for one in terms.windows)
        code = Note.WINDOW_OPEN if is_open else Reason.WINDOW_CLOSED
        trace.add(Step.WORKFLOW, None, code, filed_day=as_number(day))
        is_met = is_open
    if terms.identity_level is not None:
        needed, level = int(terms.identity_level), filing.identity_level or 0
        code = Note.IDENTITY_ENOUGH if level >= needed else Reason.IDENTITY_TOO_LOW
        trace.add(Step.WORKFLOW, None, code, level=level, least=needed)
        is_met = is_met and level >= needed
    return is_met
