import multiprocessing
import secrets
from concurrent.futures import ThreadPoolExecutor

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from certificates.errors import KeyFileRefused, SignerDown
from certificates.signer import KEY_ID_BYTES, SecretSigner, Signer, TokenSigner, read_signer
from certificates.suites import Suite
from tests.fixtures.tokens import SoftToken


def made_in(token: SoftToken, suite: Suite) -> TokenSigner:
    """A new key in a token."""
    key_id = secrets.token_bytes(KEY_ID_BYTES)
    public = token.token.make(key_id, suite, label="a key")
    return TokenSigner(token.token, key_id, public, suite)


@pytest.fixture(params=["file", "token"])
def signer(request: pytest.FixtureRequest, suite: Suite) -> Signer:
    """A new key of either place."""
    if request.param == "file":
        return SecretSigner.make(suite, secrets.token_bytes)
    return made_in(request.getfixturevalue("soft_token"), suite)


@pytest.mark.parametrize("suite", Suite)
@pytest.mark.parametrize("data", [b"", b"data", bytes(100_000)])
def test_either_signer_gives_signatures_that_verify(
    signer: Signer, suite: Suite, data: bytes
) -> None:
    """Whoever verifies does not see where the key lies."""
    signature = signer.sign(data)
    assert (len(signature), signer.suite) == (64, suite)
    assert suite.verifies(signer.public, signature, data)
    assert not suite.verifies(signer.public, signature, data + b"x")


@pytest.mark.parametrize("suite", Suite)
def test_what_the_file_keeps_finds_the_key_again(soft_token: SoftToken, suite: Suite) -> None:
    """Its identifier and public part; without the token the file is refused, not misread."""
    made = made_in(soft_token, suite)
    content = {"suite": suite.value, **made.to_content()}
    assert content.keys() == {"suite", "token_key", "public"}
    assert read_signer(content, soft_token.token) == made
    with pytest.raises(KeyFileRefused):
        read_signer(content, None)


@pytest.mark.parametrize("suite", Suite)
def test_a_secret_cannot_be_read_out_of_the_token(soft_token: SoftToken, suite: Suite) -> None:
    """Not by who has the PIN: sensitive, not extractable, and never was."""
    made = made_in(soft_token, suite)
    made.sign(b"data")
    library = pkcs11.lib(str(soft_token.module))
    with library.get_token(token_label=soft_token.label).open() as session:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=made.key_id)
        assert key[Attribute.NEVER_EXTRACTABLE]
        assert key[Attribute.ALWAYS_SENSITIVE]
        with pytest.raises(pkcs11.AttributeSensitive):
            key[Attribute.VALUE]


def test_threads_sign_at_once(soft_token: SoftToken) -> None:
    """Requests sign in threads of their own."""
    keys = [made_in(soft_token, suite) for suite in Suite]
    texts = [str(number).encode() for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        for key in keys:
            signatures = list(pool.map(key.sign, texts))
            assert all(map(lambda s, t, k=key: k.suite.verifies(k.public, s, t), signatures, texts))


def test_a_forked_process_signs_and_so_does_its_parent(soft_token: SoftToken) -> None:
    """A child opens a session of its own."""
    key = made_in(soft_token, Suite.ED25519)
    key.sign(b"before")
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert key.suite.verifies(key.public, pool.apply(key.sign, (b"child",)), b"child")
    assert key.suite.verifies(key.public, key.sign(b"parent"), b"parent")


def test_a_token_that_was_away_signs_again(soft_token: SoftToken) -> None:
    """Meanwhile it says which token does not answer; a session that is gone is opened anew."""
    key = made_in(soft_token, Suite.P256)
    soft_token.take_away()
    for _ in range(2):
        with pytest.raises(SignerDown, match=soft_token.label):
            key.sign(b"data")
    assert not soft_token.token.has(key.key_id)
    soft_token.bring_back()
    assert key.suite.verifies(key.public, key.sign(b"data"), b"data")
    pkcs11.lib(str(soft_token.module)).reinitialize()
    assert key.suite.verifies(key.public, key.sign(b"data"), b"data")


def test_a_wrong_pin_is_tried_once(soft_token: SoftToken, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token locks itself after a few, and the bank asks again and again."""
    key = made_in(soft_token, Suite.ED25519)
    right = soft_token.pin_file.read_text()
    soft_token.pin_file.write_text("999999")
    pkcs11.lib(str(soft_token.module)).reinitialize()
    with pytest.raises(SignerDown, match="PinIncorrect"):
        key.sign(b"data")
    monkeypatch.setattr(pkcs11, "lib", lambda _module: pytest.fail("it is asked again"))
    with pytest.raises(SignerDown, match="refused before"):
        key.sign(b"data")
    monkeypatch.undo()
    soft_token.pin_file.write_text(right)
    assert key.sign(b"data")


def test_what_is_missing_is_said(soft_token: SoftToken) -> None:
    """A library that is none, a label that is none, a key that is none, a PIN file that is none."""
    key = made_in(soft_token, Suite.ED25519)
    assert soft_token.token.has(key.key_id)
    assert not soft_token.token.has(b"another")
    for changes in (
        {"module": soft_token.pin_file},
        {"label": "other"},
        {"pin_file": soft_token.folder / "no"},
    ):
        other = SoftToken(**{**vars(soft_token), **changes})
        with pytest.raises(SignerDown):
            made_in(other, Suite.ED25519)
