"""The golden credentials, in every envelope, and what is wrong with some of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from certificates.clr import LearnerRecord, clr_document
from certificates.credential_jwt import OPEN_BADGES_JWT, SECURED_JWT, write_token
from certificates.data_integrity import JCS, RDFC, secure
from certificates.did import method_id
from certificates.keys import SigningKey
from certificates.open_badge import Badge, LedgerEvidence, Party, badge_document
from certificates.status_list import StatusEntry, StatusPurpose
from tests.vectors.issuer import (
    CREDENTIAL,
    CREDENTIAL_JWT,
    FORMER,
    FORMER_LIST,
    FORMER_ORIGIN,
    GOOD,
    LATER,
    LOG,
    MADE_AT,
    NOW,
    ORIGIN,
    REVOKED,
    STRANGER,
    STRANGER_JWT,
    SUSPENDED,
    Texts,
)
from tests.vectors.passes import ISSUER

Pack = Callable[[Mapping[str, Any]], str]


def _badge(**changes: Any) -> Mapping[str, Any]:
    place = changes.pop("place", GOOD)
    number = changes.pop("number", 1)
    status = [
        StatusEntry(purpose=one, list_url=f"{ORIGIN}/status/{one.value}-{number}", index=place)
        for one in StatusPurpose
    ]
    badge = Badge(
        id=f"{ORIGIN}/api/v1/credentials/ABCDEFGHJKLMNPQRSTUVWXYZ23",
        issuer=Party(id=ISSUER, name="学分银行", name_en="Credit Bank"),
        valid_from=MADE_AT,
        valid_until=None,
        subject="urn:uuid:0b1f4a3c-9a1e-4a57-8d0e-6f3e1f6f2a10",
        holder="持证人（示例）",
        achievement=f"{ORIGIN}/api/v1/definitions/1",
        title="高等数学",
        title_en="Calculus",
        code="MATH101",
        outcome_class="formal",
        provider=Party(id=f"{ORIGIN}/api/v1/institutions/1", name="开放大学"),
        awarded_at=MADE_AT - timedelta(days=400),
        awarded_on="2025-05-06",
        result="合格",
        grade="92",
        grade_scale="百分制",
        credits=3_500,
        hours="54 学时",
        assurance=None,
        licence_number=None,
        level=None,
        evidence=LedgerEvidence(log=LOG, index=1, leaf_hash="ab" * 32),
        status=status,
    )
    return badge_document(replace(badge, **changes))


def _proved(document: Mapping[str, Any], key: SigningKey = CREDENTIAL, suite: str = RDFC) -> str:
    method = method_id(ISSUER, key.verification_key)
    signed = secure(document, key, method=method, created=MADE_AT, cryptosuite=suite)
    return json.dumps(signed, ensure_ascii=False)


def _token(
    document: Mapping[str, Any], key: SigningKey = CREDENTIAL_JWT, form: str = OPEN_BADGES_JWT
) -> str:
    return write_token(document, key, method=method_id(ISSUER, key.verification_key), form=form)


def credentials() -> Texts:
    """Give every credential."""
    forms: dict[str, Pack] = {
        "credential": _proved,
        "credential by canonical JSON": lambda one: _proved(one, suite=JCS),
        "VC-JWT": _token,
        "vc+jwt": lambda one: _token(one, form=SECURED_JWT),
    }
    texts = {
        f"{form}{name}": (pack(document), now)
        for form, pack in forms.items()
        for name, (document, now) in _standings().items()
    }
    return {**texts, **_records(), **_bad_credentials(), **_of_a_former_name()}


def _records() -> Texts:
    """Lists of credentials that a learner chose: each holds while each of its parts does."""

    def record(*places: int) -> tuple[str, datetime]:
        own, *parts = (_badge(place=place) for place in places)
        status = [
            StatusEntry(purpose=one, list_url=f"{ORIGIN}/status/{one.value}-1", index=places[0])
            for one in StatusPurpose
        ]
        document = clr_document(
            LearnerRecord(
                id=f"{ORIGIN}/api/v1/credentials/23ABCDEFGHJKLMNPQRSTUVWXYZ",
                issuer=Party(id=ISSUER, name="学分银行"),
                valid_from=MADE_AT,
                subject=own["credentialSubject"]["id"],
                parts=[json.loads(_proved(one)) for one in parts],
                status=status,
            )
        )
        return _proved(document), NOW

    return {
        "list of credentials": record(GOOD, GOOD, GOOD),
        "list of credentials, one revoked": record(GOOD, GOOD, REVOKED),
        "list of credentials, one suspended": record(GOOD, SUSPENDED, GOOD),
        "list of credentials, ended by its holder": record(REVOKED, GOOD, GOOD),
    }


def _standings() -> dict[str, tuple[Mapping[str, Any], datetime]]:
    over = MADE_AT + timedelta(hours=6)
    return {
        "": (_badge(), NOW),
        ", revoked": (_badge(place=REVOKED), NOW),
        ", suspended": (_badge(place=SUSPENDED), NOW),
        ", expired": (_badge(valid_until=over), NOW),
        ", not yet valid": (_badge(valid_from=LATER), NOW),
        ", lists have run out": (_badge(), LATER),
        ", revoked by a list that has run out": (_badge(place=REVOKED), LATER),
        ", its list is not at hand": (_badge(number=2), NOW),
        ", without status": (_badge(status=[]), NOW),
    }


def _of_a_former_name() -> Texts:
    """Credentials that the issuer signed before it moved; the method is one of the same name."""

    def signed(place: int, did: str = FORMER) -> tuple[str, datetime]:
        status = [
            StatusEntry(
                purpose=one,
                list_url=f"{FORMER_ORIGIN}/status/{one.value}-{FORMER_LIST}",
                index=place,
            )
            for one in StatusPurpose
        ]
        document = _badge(issuer=Party(id=FORMER, name="学分银行"), status=status)
        method = method_id(did, CREDENTIAL.verification_key)
        proved = secure(document, CREDENTIAL, method=method, created=MADE_AT)
        return json.dumps(proved, ensure_ascii=False), NOW

    return {
        "credential, under a former name": signed(GOOD),
        "credential, under a former name, revoked": signed(REVOKED),
        "credential, under a former name by a method of today's": signed(GOOD, ISSUER),
    }


def _alike(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let two nodes without identifier hang alike on another one."""
    subject = {name: value for name, value in document["credentialSubject"].items() if name != "id"}
    return {**document, "credentialSubject": subject | {"result": [{"type": ["Result"]}] * 2}}


def _bad_credentials() -> Texts:
    good, token = json.loads(_proved(_badge())), _token(_badge())
    header, payload, signature = token.split(".")
    other = _token(_badge(title="高等代数")).split(".")[1]

    def changed(**members: Any) -> tuple[str, datetime]:
        return json.dumps({**good, **members}, ensure_ascii=False), NOW

    (proof,) = good["proof"]
    subject = good["credentialSubject"]
    return {
        "credential, altered": changed(name="高等代数"),
        "credential, its proof's date altered": changed(
            proof=[proof | {"created": "2026-06-09T00:00:00Z"}]
        ),
        "credential, by an unknown key": (_proved(_badge(), STRANGER), NOW),
        "credential, by another issuer": changed(issuer="did:web:other.example"),
        "credential, without proof": changed(proof=[]),
        "credential, whose proof is null": changed(proof=None),
        "credential, with an identifier that is none": changed(image="2026-06-10T00:00:00Z"),
        "credential, by an unknown suite": changed(proof=[proof | {"cryptosuite": "other-2022"}]),
        "credential, by a proof that is no signature": changed(
            proof=[proof | {"proofValue": "z1"}]
        ),
        "credential, with an undefined term": changed(undefinedTerm="x"),
        "credential, with a relative identifier": changed(
            credentialSubject=subject | {"id": "someone"}
        ),
        "credential, with a context that is not pinned": changed(
            **{"@context": [*good["@context"], "https://other.example/context"]}
        ),
        "credential, with a context of its own": changed(
            credentialSubject=subject | {"@context": {"name": "https://other.example/name"}}
        ),
        "credential, with many nodes that look alike": changed(
            credentialSubject={
                "type": ["AchievementSubject"],
                "achievement": subject["achievement"],
                "result": [{"type": ["Result"]}] * 7,
            }
        ),
        "credential, with a few nodes that look alike": (_proved(_alike(_badge())), NOW),
        "credential, ends before it begins": changed(validUntil="2020-01-01T00:00:00Z"),
        "credential, a date that is none": changed(validUntil="2027-02-30T00:00:00Z"),
        "credential, without subject": changed(credentialSubject=[]),
        "VC-JWT, altered": (f"{header}.{other}.{signature}", NOW),
        "VC-JWT, by an unknown key": (_token(_badge(), STRANGER_JWT), NOW),
        "VC-JWT, with spare symbols": (
            f"{header}.{payload}.{signature[:40]}/{signature[40:]}",
            NOW,
        ),
        "VC-JWT, cut short": (f"{header}.{payload}", NOW),
        "neither": ("你好", NOW),
        "an empty object": ("{}", NOW),
        "no JSON": ("{", NOW),
    }
