"""Verify other people's samples of Open Badges, CLR and status lists: `trial_badges.py FOLDER`.

Prints the table of docs/openbadges-samples.md. The network is the samples themselves: what is in
none of them is not reached. Every issuer that a sample names is trusted, so that nothing is refused
for being unknown alone. Fails where a file is missing, or something else is found than stands here.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from api.web.verdicts import PROBLEMS
from certificates.did import DID_KEY, key_of_did
from certificates.errors import DocumentRefused
from certificates.keys import VerificationKey
from certificates.linked_data import canonical
from certificates.report import CheckName, CheckResult
from certificates.verify_credential import parse_credential, verify_credential
from creditbank.credentials.foreign import ForeignVerifier
from creditbank.network.fetch import Unreachable
from creditbank.verification import report as reports
from creditbank.verification.report import Report, Verdict


class Sample(NamedTuple):
    """What its makers say of a file; the verdict that it has here, and its signature alone."""

    expected: str
    ours: Verdict
    signature: str
    member: str | None = None
    """The member of the file that holds it, where it does not stand alone."""


GOOD, BAD, NOT_LOOKED_AT = "good", "bad", "not looked at"
U, N = Verdict.UNKNOWN, Verdict.UNCONFIRMED
SAMPLES: Mapping[str, Sequence[Sample]] = {
    "openbadges3/simple.json": [Sample("good", N, GOOD)],
    "openbadges3/simple-did-key-method.json": [Sample("good", N, GOOD)],
    "openbadges3/simple-multiple-proofs.json": [Sample("good", N, GOOD)],
    "openbadges3/complete.json": [Sample("good", N, GOOD)],
    "openbadges3/endorsement-valid.json": [Sample("good", N, GOOD)],
    "openbadges3/simple.jwt": [Sample("good", U, NOT_LOOKED_AT)],
    "openbadges3/bitstring-status-list.json": [Sample("good, a status list", N, GOOD)],
    "openbadges3/credential-status-revoked.json": [Sample("revoked", N, GOOD)],
    "openbadges3/simple-noproof.json": [Sample("bad: no proof", U, NOT_LOOKED_AT)],
    "openbadges3/simple-err-proof-value.json": [Sample("bad: its signature", N, BAD)],
    "openbadges3/simple-err-expired.json": [Sample("bad: expired", N, GOOD)],
    "openbadges3/simple-err-issued.json": [Sample("bad: issued in the future", N, GOOD)],
    "openbadges3/simple-err-type.json": [Sample("bad: its type", N, NOT_LOOKED_AT)],
    "clr2/simple.json": [Sample("good", N, GOOD)],
    "clr2/complex.json": [Sample("good", U, NOT_LOOKED_AT)],
    "clr2/simple-noproof.json": [Sample("bad: no proof", U, NOT_LOOKED_AT)],
    "bitstring-status/w3c_status_list_credential.json": [
        Sample("an example without proof", N, NOT_LOOKED_AT)
    ],
    "bitstring-status/w3c_credential_two_statuses.json": [
        Sample("an example without proof", N, NOT_LOOKED_AT)
    ],
    "bitstring-status/revoked.json": [
        Sample("good, a status list", U, NOT_LOOKED_AT, "status-credential"),
        Sample("revoked", U, NOT_LOOKED_AT, "holder-credential"),
    ],
    "bitstring-status/unrevoked.json": [
        Sample("good, a status list", U, NOT_LOOKED_AT, "status-credential"),
        Sample("good", U, NOT_LOOKED_AT, "holder-credential"),
    ],
}
"""Every file; another one in these folders is an error, too."""

NO_PROOF = "it has no proof"


@dataclass(frozen=True)
class Told:
    """What is printed of one sample."""

    name: str
    sample: Sample
    verdict: Verdict
    signature: str
    why: str


def main(folder: Path) -> None:
    """Verify every file and print what became of it."""
    texts = _read(folder / "messages")
    answers = _answers(texts)
    told = [one for name, text in texts.items() for one in _judged(name, text, answers)]
    _print_table(told)
    wrong = [
        one.name
        for one in told
        if (one.verdict, one.signature) != (one.sample.ours, one.sample.signature)
    ]
    if wrong:
        sys.exit(f"another verdict than the one written down: {', '.join(wrong)}")


def _read(folder: Path) -> dict[str, str]:
    there = {
        f"{name}/{file.name}"
        for name in {one.partition("/")[0] for one in SAMPLES}
        for file in (folder / name).glob("*")
    }
    if there != SAMPLES.keys():
        sys.exit(f"{folder} lacks or has beside: {', '.join(sorted(there ^ SAMPLES.keys()))}")
    return {name: (folder / name).read_text("utf-8") for name in SAMPLES}


def _answers(texts: Mapping[str, str]) -> dict[str, str]:
    """Give what the samples publish: documents by their ids, and the list where it is named."""
    documents = {name: json.loads(text) for name, text in texts.items() if name.endswith(".json")}
    answers = {one["id"]: texts[name] for name, one in documents.items() if "id" in one}
    revoked = documents["openbadges3/credential-status-revoked.json"]["credentialStatus"]
    answers[revoked["statusListCredential"]] = texts["openbadges3/bitstring-status-list.json"]
    return answers


def _judged(name: str, text: str, answers: Mapping[str, str]) -> Iterator[Told]:
    def fetch(url: str) -> bytes:
        if url not in answers:
            raise Unreachable(url)
        return answers[url].encode()

    for sample in SAMPLES[name]:
        shown = _shown(text, sample.member)
        found, signature = _verified(shown, ForeignVerifier(fetch))
        place = name if sample.member is None else f"{name}, {sample.member}"
        yield Told(place, sample, found.verdict, signature, _why(found, shown, signature))


def _shown(text: str, member: str | None) -> str:
    inner = text if member is None else json.loads(text)[member]
    return inner.strip() if isinstance(inner, str) else json.dumps(inner)


def _verified(text: str, verifier: ForeignVerifier) -> tuple[Report, str]:
    """Verify a credential; and its signature alone, by the key that its method repeats."""
    now = datetime.now(UTC)
    try:
        credential = parse_credential(text)
    except DocumentRefused:
        return reports.unreadable(), NOT_LOOKED_AT
    found = verifier.verify(credential, trusted={credential.issuer}, now=now)
    signed = verify_credential(credential, key_of=_repeated_key, now=now)
    (signature,) = (one for one in signed.checks if one.name is CheckName.SIGNATURE)
    words = {CheckResult.PASSED: GOOD, CheckResult.FAILED: BAD}
    return found, words.get(signature.result, NOT_LOOKED_AT)


def _repeated_key(_: str, method: str) -> VerificationKey | None:
    """Give the key that a method's name repeats: who controls it is not known by that."""
    name = method.rpartition("#")[2] if "#" in method else method.removeprefix(DID_KEY)
    return key_of_did(DID_KEY + name)


def _why(found: Report, text: str, signature: str) -> str:
    if found.verdict is Verdict.UNKNOWN:
        return _refusal(text)
    problems = [one.problem for one in found.checks if one.problem is not None]
    if signature == NOT_LOOKED_AT and "issuer-unsupported" in problems:
        return f"{PROBLEMS['issuer-unsupported'][1]}; and {_refusal(text)}"
    if "suite-unknown" in problems and "proof" not in json.loads(text):
        return NO_PROOF
    return "; ".join(dict.fromkeys(PROBLEMS[one][1] for one in problems))


def _refusal(text: str) -> str:
    """Say what cannot be read in a document."""
    try:
        canonical(_unsecured(parse_credential(text).document))
    except DocumentRefused as error:
        return str(error)
    return PROBLEMS["unreadable"][1]


def _unsecured(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _print_table(told: Sequence[Told]) -> None:
    print("| file | expected | ours | signature | why |")
    print("| --- | --- | --- | --- | --- |")
    for one in told:
        cells = (f"`{one.name}`", one.sample.expected, one.verdict.value, one.signature, one.why)
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
