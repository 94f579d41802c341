"""Bad input on every form: told on top and at its field, nothing typed is lost, nothing is done.

A form that is new has its line in the table of its people below `tests/fixtures`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import create_app
from api.problems import load_problems
from creditbank.errors import Refusal
from tests.fixtures.every_form import BUTTONS, FORMS, cases
from tests.fixtures.form_bank import FormBank, Values, form_in, open_forms, send
from tests.fixtures.posted_forms import NEVER_OFFERED, Posting, Wrong
from tests.fixtures.read_pages import Element, SeenForm, read_page

TEMPLATES = Path(__file__).parents[3] / "api" / "web" / "templates"
A_FORM = re.compile(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
A_FIELD = re.compile(
    r"\{\{ (?:field|area|choice|dropdown|photo)\(|<select|<textarea|<input(?! type=\"hidden)"
)
PROGRAMS = ("/api/", "/vc/")
FOREIGN = {"zh": re.compile(r"[A-Za-z_]{3,}"), "en": re.compile(r"[\u4e00-\u9fff]|\w+_\w+")}
"""What stands in no message of a language, but for what is called so in it too."""
KNOWN = {"PIN", "PDF", "CSV", "JPEG", "PNG", "YAML", "YYYY", "CHN"}


OF_PROGRAMS = re.compile(
    r"\w+_\w+|(?:POST|GET|PUT|DELETE) |[A-Z]\w+-[A-Z]\w+|Authorization|Accept\b|JSON|/api/"
)
UNSEEN = {
    "unauthenticated": "Who is not signed in is led to sign in.",
    "envelope-unknown": "Pages ask for the forms that there are.",
    "demo-folder-taken": "It is told at the command line.",
    "fonts-missing": "It is told to the operator.",
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FormBank]:
    """The bank in a folder of its own."""
    with open_forms(tmp_path_factory.mktemp("forms")) as opened:
        yield opened


def posted_routes() -> set[str]:
    """Every route that a form of a page is posted to."""
    paths = {
        one.path
        for one in iter_route_contexts(create_app().routes)
        if isinstance(one.route, APIRoute) and "POST" in (one.methods or ())
    }
    return {path for path in paths if not path.startswith(PROGRAMS)}


def test_every_form_has_its_line() -> None:
    """Whoever adds a form says here what may be typed wrongly into it, or why nothing can."""
    listed = {one.route for one in FORMS} | {one.route for one in BUTTONS}
    say = "add a Posting, or a Button where nobody types anything, to tests/fixtures/*_forms.py"
    assert sorted(posted_routes() - listed) == [], say
    assert sorted(listed - posted_routes()) == [], "no such form: remove its line"


@pytest.mark.parametrize("button", BUTTONS, ids=lambda one: one.route)
def test_a_button_asks_for_nothing(button: Any) -> None:
    """In no template has its form a field."""
    route = re.sub(r"\{\w+\}", "{}", button.route)
    found = []
    for template in TEMPLATES.rglob("*.html"):
        for action, inside in A_FORM.findall(template.read_text("utf-8")):
            stated = re.sub(r"\{\{.*?\}\}", "{}", action)
            end = stated.removeprefix("{}")  # Some templates name the way to a page once.
            if route == stated or (end and end != stated and route.endswith(end)):
                found.append((template.name, len(A_FIELD.findall(inside))))
    assert found, "no template has this form"
    assert [one for one in found if one[1] > button.asks] == [], "give it a Posting"


@pytest.mark.parametrize("posting", FORMS, ids=lambda one: f"{one.route} {one.page}")
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost_or_done(
    forms: FormBank, posting: Posting
) -> None:
    """In either language by turns."""
    _, form = forms.open(posting, "en")
    base, found = form.sent(), []
    for number, wrong in enumerate(cases(posting, form)):
        language = ("zh", "en")[number % 2]
        typed = {**base, **forms.listed(posting.right), **forms.listed(wrong.typed)}
        before = forms.counts()
        visitor = forms.visitor(posting.who, language)
        answer = send(visitor, form, {**typed, **forms.listed(posting.pressed)})
        after = forms.counts()
        changed = {one for one in after if after[one] != before[one]} - posting.changes.keys()
        faults = [f"changed {one}" for one in changed]
        faults += told(answer, posting, wrong, typed, form, language)
        found += [f"{_shown(wrong)}: {one}" for one in faults]
    assert found == []


def told(
    answer: Any, posting: Posting, wrong: Wrong, typed: Values, sent: SeenForm, language: str
) -> Iterator[str]:
    """Say what is missing from the answer to a wrong form."""
    page, form = read_page(answer.text), form_in(answer.text, posting.route)
    if answer.status_code not in {409, 422} or form is None:
        yield f"answered {answer.status_code} {answer.headers.get('location', '')}"
        return
    main = list(next(page.every("main")).every())
    on_top = next((one for one in main if "error-summary" in one.get("class")), None)
    if on_top is None or main.index(on_top) > next(
        n for n, one in enumerate(main) if one.tag == "h1"
    ):
        yield "no summary on top"
        return
    links = [one.get("href").removeprefix("#") for one in on_top.every("a")]
    yield from (f"not told of {name}" for name in wrong.at if name not in links)
    yield from (f"no link: {one.text}" for one in on_top.every("li") if not list(one.every("a")))
    yield from _in_words(on_top.text, language)
    for name in links:
        yield from _at_field(form, name)
    yield from _kept(form, posting, typed, sent)


def _in_words(text: str, language: str) -> Iterator[str]:
    foreign = FOREIGN[language].findall(text)
    if set(foreign) - KNOWN:
        yield f"not in words: {text.strip()}"


def _at_field(form: SeenForm, name: str) -> Iterator[str]:
    """The place that a link leads to is there, can be seen, and says what is wrong."""
    places = {one.get("id"): one for one in form.element.every() if one.get("id")}
    place, message = places.get(name), places.get(f"{name}-error")
    if place is None or place.kind == "hidden":
        yield f"{name}: the link leads nowhere"
    elif message is None or not message.text.strip():
        yield f"{name}: no message"
    else:
        described = place.get("aria-describedby").split()
        if message.get("id") not in described or place.get("aria-invalid") != "true":
            yield f"{name}: not connected with its message"
        yield from (f"{name}: described by nothing" for one in described if one not in places)
        if any(one.tag == "details" and not one.has("open") for one in place.around()):
            yield f"{name}: folded away"


def _kept(form: SeenForm, posting: Posting, typed: Values, sent: SeenForm) -> Iterator[str]:
    now = form.sent()
    for name, values in typed.items():
        assert sent.kinds(name), f"the form has no field {name}"
        if name in posting.secret:
            if any(now.get(name, ())):
                yield f"{name} is shown again"
        elif "file" in sent.kinds(name) or NEVER_OFFERED in values or not any(values):
            continue  # No browser fills in a file again, nor what a page does not offer.
        elif sorted(now.get(name, ())) != sorted(values):
            yield f"{name} is lost: {str(values)[:40]} became {str(now.get(name))[:40]}"
    for name in now.keys() - typed.keys():
        if any(now[name]) and form.kinds(name) != {"hidden"}:
            yield f"{name} is chosen by itself"


def _shown(wrong: Wrong) -> str:
    return ", ".join(f"{name}={str(one)[:30]!r}" for name, one in wrong.typed.items()) or "right"


def test_no_refusal_is_told_on_a_page_in_the_words_of_programs() -> None:
    """No name of a field as programs send it, no address of theirs and no setting."""
    wrong = []
    for code, kind in load_problems().kinds.items():
        if kind.status is None or code in UNSEEN:
            continue
        for language in ("zh", "en"):
            told_words = load_problems().told(Refusal(code), language)
            if OF_PROGRAMS.search(
                re.sub(r"\{\w+\}", "", f"{told_words.title} {told_words.remedy}")
            ):
                wrong.append(code)
    assert wrong == [], "give them `page` words in api/problems.yaml"


def test_what_nobody_sees_or_types_is_left_out(forms: FormBank) -> None:
    """Control characters come along with what is pasted; lines stay lines."""
    visitor = forms.visitor("nobody", "en")
    answer = visitor.post("/verify/file", text="one\x00\x07\x7f\r\n\ttwo")
    form = form_in(answer.text, "/verify/file")
    assert form is not None
    assert form.sent()["text"] == ["one\n\ttwo"]


def test_pages_are_read_as_a_browser_reads_them() -> None:
    """What the tests above rest on: what a browser would send of a form."""
    page = read_page(
        '<form method="post" action="/x"><input name="a" value="1"><input type="checkbox" name="b"'
        ' value="2" checked><input type="radio" name="c" value="3"><select name="d"><option>4'
        '</option><option value="5" selected>V</option></select><textarea name="e">\n6</textarea>'
        '<input type="file" name="f"><button>Go</button></form><p>7</p>'
    )
    [form] = (SeenForm(one) for one in page.every("form"))
    assert form.sent() == {"a": ["1"], "b": ["2"], "d": ["5"], "e": ["6"]}
    assert form.filled() == ["a", "b", "c", "d", "e", "f"]
    assert isinstance(next(page.every("p")), Element)
