"""The one reader of the environment: a frozen `Settings`, built at start and passed down.

Every variable is `CREDITBANK_` followed by the field's name in capitals; an empty one counts as
unset. What should not stand in the environment, such as a URL with a password, may lie in a file of
the same name in lower case in the secrets folder; a variable wins over a file. The ledger origin
and the issuer's DID are read by `init` only, stored with the installation and never follow a
changed port.
"""

from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from certificates.did_web import web_did
from creditbank.errors import Misconfigured

SECRETS_DIR = Path("/run/secrets")


class Settings(BaseSettings):
    """How this process runs; nothing changes after start. Making it raises `Misconfigured`."""

    model_config = SettingsConfigDict(
        env_prefix="CREDITBANK_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    data_dir: Path = Path("var")
    """Folder of the embedded databases, the key files and uploads in progress."""
    database_url: str | None = None
    """`sqlite:///FILE` or `postgresql://…`; unset = `bank.db` in the data folder."""
    migration_url: str | None = None
    """The same database as its owner, for migrations; unset = `database_url`.

    On PostgreSQL let the two name different roles: migrations then give the role of `database_url`
    what the bank needs, which on the log is to read and to add. Both roles exist before.
    """
    keystore_url: str | None = None
    """The key store, a database of its own; unset = `keys.db` in the data folder."""
    origin: str = "http://127.0.0.1:8000"
    """Public base URL of this bank, without a final slash."""
    former_origins: str | None = None
    """Base URLs that this bank had before, with commas; they lead here still, and are answered."""
    ledger_origin: str | None = None
    """Origin line of the log; unset = host of `origin` followed by `/ledger`."""
    issuer_did: str | None = None
    """DID of the issuer; unset = did:web of `origin`."""
    key_passphrase_file: Path | None = None
    """File with the passphrase of the key files; unset = `passphrase` in the data folder."""
    evidence_url: str | None = None
    """`file:///FOLDER` for the sealed files of evidence; unset = `evidence` in the data folder."""
    erasure_cooling_days: int = Field(default=15, ge=0, le=365)
    """How many days a learner may call an erasure off that she asked for."""
    retention_file: Path | None = None
    """YAML list of what must be kept for a time (`class`, `days`, `because`); unset = nothing."""
    document_numbers: Literal["sealed", "tag_only"] = "sealed"
    """Whether documents' numbers are kept under seal, or only a keyed hash to find them by."""
    credential_status: Literal["revocation_and_suspension", "revocation"] = (
        "revocation_and_suspension"
    )
    """Status lists that credentials point to; the JSON Schema of Open Badges allows only one."""
    revocation_list: bool = False
    """Whether revoked credentials are listed by their ids, too (`/status/revoked-credentials`)."""
    vc_api: bool = False
    """Whether conformance suites may issue and verify at `/vc`, under a key of its own."""
    sd_jwt: bool = False
    """Whether a learner may have single fields of an outcome as SD-JWT VC (`dc+sd-jwt`)."""
    fonts_dir: Path = Path("/usr/share/fonts")
    """Folder below which the fonts lie that learning records are printed with."""
    record_fonts: str = "Noto Serif CJK SC, HanaMinA, HanaMinB"
    """Their families, with commas; each is asked for what those before it lack."""
    transcripts: bool = False
    """Whether learners have credentials signed as one list (`POST /api/v1/transcripts`)."""
    baked_credentials: bool = False
    """Whether a credential is also fetched as a picture with it baked in (Open Badges 3.0)."""
    signer: Literal["file", "pkcs11"] = "file"
    """Where new signing keys are made: `file`, sealed in the data folder; `pkcs11`, in a token."""
    pkcs11_module: Path | None = None
    """The token's library, such as `libsofthsm2.so`; with the next two, or none of them."""
    pkcs11_token: str | None = None
    """Label of the token that keeps signing keys."""
    pkcs11_pin_file: Path | None = None
    """File with the PIN of the token's user, for the owner's eyes only."""
    foreign_issuers: bool = True
    """Whether DID documents and status lists of other issuers are fetched; off: did:key alone."""
    webhooks: bool = True
    """Whether messages are posted to the addresses that institutions name; off: to none."""
    redis_url: str | None = None
    """`redis://…`, `rediss://…` or `unix://…`, for several processes; unset = in this process."""
    trusted_proxies: str | None = None
    """Addresses or networks, with commas, whose X-Forwarded-For is believed; unset = none."""
    rate_limits: bool = True
    """Whether requests are limited; false where a proxy in front of the bank does it."""
    serve_jobs: bool = True
    """Whether `serve` settles batches and posts webhooks; false where `creditbank jobs` runs."""
    secrets_dir: Path = SECRETS_DIR
    """Folder of files named like `creditbank_database_url`, each with one setting."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the secrets folder if there is one."""
        del dotenv_settings, file_secret_settings
        folder = Path(env_settings().get("secrets_dir", SECRETS_DIR))
        if not folder.is_dir():
            return init_settings, env_settings
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder)
        return init_settings, env_settings, files

    @field_validator("origin")
    @classmethod
    def _no_final_slash(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            message = "it must be an http or https URL"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("former_origins")
    @classmethod
    def _origins(cls, value: str | None) -> str | None:
        return value and ",".join(cls._no_final_slash(one.strip()) for one in value.split(","))

    @field_validator("evidence_url")
    @classmethod
    def _a_folder(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "file:///")
        if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
            message = "it must be file:/// and the path of a folder; there is no other store yet"
            raise ValueError(message)
        return value

    @model_validator(mode="wrap")
    @classmethod
    def _worded(cls, given: Any, handler: ModelWrapValidatorHandler["Settings"]) -> "Settings":
        try:
            return _with_whole_token(handler(given))
        except ValidationError as error:
            # The value stays unsaid: it may hold a password.
            wrong = [(str(one["loc"][0]).upper(), one["msg"]) for one in error.errors()]
        raise Misconfigured("\n".join(f"CREDITBANK_{name}: {problem}" for name, problem in wrong))

    @property
    def former_origin_list(self) -> tuple[str, ...]:
        """The base URLs that this bank had before."""
        return tuple(self.former_origins.split(",")) if self.former_origins else ()

    @property
    def bank_database(self) -> str:
        """URL of the bank's database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'bank.db'}"

    @property
    def bank_owner_database(self) -> str:
        """URL of the bank's database as its owner."""
        return self.migration_url or self.bank_database

    @property
    def bank_role(self) -> str | None:
        """Name the role that the bank works as, where it is not the owner of its database."""
        role = _user_of(self.bank_database)
        return None if role == _user_of(self.bank_owner_database) else role

    @property
    def key_database(self) -> str:
        """URL of the key store."""
        return self.keystore_url or f"sqlite:///{self.data_dir / 'keys.db'}"

    @property
    def evidence_dir(self) -> Path:
        """Folder of the sealed files of evidence."""
        if self.evidence_url is None:
            return self.data_dir / "evidence"
        return Path(unquote(urlsplit(self.evidence_url).path))

    @property
    def record_families(self) -> tuple[str, ...]:
        """The families of fonts that learning records are printed with, in order."""
        return tuple(filter(None, (one.strip() for one in self.record_fonts.split(","))))

    @property
    def open_doors(self) -> tuple[str, ...]:
        """The variables of doors that are closed unless they are asked for, and are open here."""
        doors = {
            "CREDITBANK_REVOCATION_LIST": self.revocation_list,
            "CREDITBANK_VC_API": self.vc_api,
            "CREDITBANK_SD_JWT": self.sd_jwt,
            "CREDITBANK_TRANSCRIPTS": self.transcripts,
            "CREDITBANK_BAKED_CREDENTIALS": self.baked_credentials,
        }
        return tuple(name for name, is_open in doors.items() if is_open)

    @property
    def passphrase_file(self) -> Path:
        """Where the passphrase of the key files lies."""
        return self.key_passphrase_file or self.data_dir / "passphrase"

    @property
    def ring_file(self) -> Path:
        """Where the signing keys lie, sealed under the passphrase."""
        return self.data_dir / "signing-keys.json"

    @property
    def vault_file(self) -> Path:
        """Where the secrets of the key store lie, sealed under the passphrase."""
        return self.data_dir / "vault-keys.json"

    @property
    def working_days_file(self) -> Path:
        """Where newer years of the calendar of working days lie, if there are any."""
        return self.data_dir / "working_days.yaml"

    def default_ledger_origin(self) -> str:
        """Give the schema-less name of the log (C2SP tlog-checkpoint, origin line)."""
        return self.ledger_origin or f"{urlsplit(self.origin).netloc}/ledger"

    def default_issuer_did(self) -> str:
        """Give did:web of the origin."""
        return self.issuer_did or web_did(self.origin)


def _with_whole_token(settings: Settings) -> Settings:
    """Refuse a token that is half named, or needed and not named; raises `Misconfigured`."""
    names = ("pkcs11_module", "pkcs11_token", "pkcs11_pin_file")
    missing = [name for name in names if getattr(settings, name) is None]
    if missing and (settings.signer == "pkcs11" or len(missing) < len(names)):
        told = ", ".join(f"CREDITBANK_{name.upper()}" for name in missing)
        message = f"{told}: name the token's library, label and file of its PIN"
        raise Misconfigured(message)
    return settings


def _user_of(url: str) -> str | None:
    user = urlsplit(url).username
    return None if user is None else unquote(user)
