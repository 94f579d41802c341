"""How verdicts, reasons and checks are told: one line in each language, never by colour alone."""

from dataclasses import dataclass

from certificates.report import Check, CheckName, CheckResult
from creditbank.verification.compose import (
    CERTIFICATE_EXPIRED,
    NO_LONGER_HOLDS,
    STATUS_LIST_MISSING,
    STATUS_STALE,
)
from creditbank.verification.report import Reason, Report, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: a sign, a tone for its colours, a line in each language, and what it means."""

    sign: str
    tone: str
    zh: str
    en: str
    means_zh: str
    means_en: str

    def spoken(self, language: str) -> "Spoken":
        """Give it in one language."""
        return Spoken(
            sign=self.sign,
            tone=self.tone,
            line=in_language((self.zh, self.en), language),
            means=in_language((self.means_zh, self.means_en), language),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One answer in the language of its reader."""

    sign: str
    tone: str
    line: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTold:
    """One check in the language of its reader; `problem` is empty where there is none."""

    sign: str
    name: str
    result: str
    problem: str


VERDICTS = {
    Verdict.VALID: Told(
        "✓",
        "good",
        "有效",
        "Valid",
        "以下内容与签发时完全一致，至核验时仍然有效。",
        "What stands below is exactly what was signed, and it still holds.",
    ),
    Verdict.REVOKED: Told(
        "✕",
        "bad",
        "已撤销",
        "Revoked",
        "该成果已由颁发机构撤销。",
        "The institution that awarded it has withdrawn it.",
    ),
    Verdict.SUSPENDED: Told(
        "‖",
        "warn",
        "已冻结",
        "Suspended",
        "正在复核，暂不能作为依据，请稍后再核验。",
        "It is under review and proves nothing for now. Check again later.",
    ),
    Verdict.EXPIRED: Told(
        "!",
        "warn",
        "已过有效期",
        "Expired",
        "学习码已到期，请持有人重新出示。",
        "The pass has run out. Ask its holder for a new one.",
    ),
    Verdict.NOT_YET_VALID: Told(
        "!",
        "warn",
        "尚未生效",
        "Not yet valid",
        "学习码的生效时间未到。",
        "The time from which the pass holds has not come.",
    ),
    Verdict.UNCONFIRMED: Told(
        "?",
        "warn",
        "无法确认",
        "Cannot be confirmed",
        "有一项检查未能通过，请勿据此作出决定；详见逐项检查。",
        "One check did not pass, so do not rely on it; the checks below say which.",
    ),
    Verdict.ALTERED: Told(
        "✕",
        "bad",
        "验证不通过：内容与签发时不一致",
        "Refused: the content is not what was issued",
        "内容不予显示，请向持有人索取原件。",
        "Nothing of it is shown. Ask its holder for the original.",
    ),
    Verdict.GONE: Told(
        "–",
        "warn",
        "记录已依申请删除",
        "Deleted at the holder's request",
        "记录已按持有人的申请删除，无从核验。",
        "The record was deleted as its holder asked, and nothing is left to verify.",
    ),
    Verdict.UNKNOWN: Told(
        "?",
        "warn",
        "无法识别",
        "Not recognised",
        "本学分银行未发出过此码。请逐字核对，或请持有人重新出示。",
        "This bank gave out no such code. Check each symbol, or ask its holder to show it again.",
    ),
}
REASONS = {
    Reason.REVOKED: VERDICTS[Verdict.REVOKED],
    Reason.SUSPENDED: VERDICTS[Verdict.SUSPENDED],
    Reason.ERASED: VERDICTS[Verdict.GONE],
    Reason.SUPERSEDED: Told(
        "↻",
        "warn",
        "已更正替换",
        "Replaced by a corrected record",
        "成果已有更正后的记录，请持有人出示新的学习码。",
        "The record was corrected. Ask its holder for a pass that shows the new one.",
    ),
    Reason.VOID: Told(
        "–",
        "warn",
        "已作废",
        "Void",
        "因登记差错作废，并非持有人的过错。",
        "It was withdrawn as a clerical error, through no fault of its holder.",
    ),
    Reason.CANCELLED: Told(
        "–",
        "warn",
        "已注销",
        "Cancelled by the holder",
        "持有人已申请注销该成果。",
        "Its holder asked for it to be cancelled.",
    ),
    Reason.SHARE_ENDED: Told(
        "–",
        "warn",
        "分享已停止",
        "The holder ended this share",
        "这不表示成果有问题。如仍需核验，请持有人重新出示。",
        "That says nothing against the learning. Ask its holder for a new pass if you need one.",
    ),
}
EXPIRED_CERTIFICATE = Told(
    "!",
    "warn",
    "证书已过有效期",
    "A certificate has expired",
    "学习码有效，但所示证书的有效期已满；其在更早日期是否有效，可向颁发机构查询。",
    "The pass holds, but a certificate that it shows has run out. "
    "Ask its institution whether it was valid on an earlier day.",
)
PIN_ASKED = Told(
    "?",
    "warn",
    "需要查看密码",
    "A PIN is needed",
    "持有人设置了查看密码，输入后方可看到内容；这不表示成果有问题。",
    "Its holder asks for a PIN before anything is shown. That says nothing against the learning.",
)
CHECKS = {
    CheckName.FORMAT: ("格式", "Format"),
    CheckName.SIGNATURE: ("签名", "Signature"),
    CheckName.ISSUER: ("签发方", "Issuer"),
    CheckName.LEDGER: ("入账证明", "Ledger proof"),
    CheckName.STATUS: ("当前状态", "Status"),
    CheckName.DATES: ("有效期", "Dates"),
    CheckName.HOLDER: ("持有人", "Holder"),
}
RESULTS = {
    CheckResult.PASSED: ("✓", "通过", "passed"),
    CheckResult.FAILED: ("✕", "未通过", "failed"),
    CheckResult.SKIPPED: ("–", "未检查", "not checked"),
}
PIN_WRONG = "pin-wrong"
PIN_PROBLEMS = {"pin-missing", PIN_WRONG}
"""The problems of a holder's check that a PIN, typed or typed again, may mend."""

PROBLEMS = {
    "unreadable": ("不是学习码的格式", "it has not the form of a pass"),
    "no-code-found": (
        "文件中未找到二维码或证书",
        "no code and no credential was found in the file",
    ),
    "several-codes": (
        "文件中有多个不同的码，请只提交一个",
        "the file holds several different codes; show one alone",
    ),
    "file-too-demanding": (
        "文件过大或过于复杂，未予读取",
        "the file is too large or too intricate to be read",
    ),
    "signature-mismatch": ("签名与内容不符", "the signature does not belong to this content"),
    "unknown-key": ("签名密钥不在已公布的密钥中", "it was signed by a key that is not published"),
    "pin-missing": ("持有人设置了查看密码", "its holder asks for a PIN"),
    "pin-wrong": ("查看密码不正确", "the PIN is wrong"),
    "tries-used-up": ("尝试次数已用完，请一小时后再试", "too many tries; try again in an hour"),
    "name-differs": ("与持有人姓名不一致", "it is not the name of its holder"),
    "suite-unknown": ("签名方式不受支持", "it is signed in a way that is not supported"),
    "unknown-issuer": (
        "签发方不是本学分银行，也不在您的信任名单中",
        "its issuer is not this bank, nor on a list of yours",
    ),
    "issuer-unreachable": (
        "未能取得签发方公布的密钥",
        "the keys that its issuer publishes could not be fetched",
    ),
    "issuer-unreadable": (
        "签发方公布的密钥文件无法使用",
        "what its issuer publishes is no document of its keys",
    ),
    "issuer-unsupported": (
        "签发方标识不是 did:web 或 did:key",
        "its issuer is named by neither did:web nor did:key",
    ),
    "no-status": ("签发方未提供状态查询", "its issuer gives no status to ask for"),
    "status-unreachable": (
        "未能取得签发方的状态列表",
        "the status list of its issuer could not be fetched",
    ),
    "status-unreadable": (
        "签发方的状态列表不可信",
        "the status list is not one that its issuer signed for it",
    ),
    "status-unsupported": ("状态类型不受支持", "its status is of a kind that is not supported"),
    "unknown-pass": ("本学分银行未发出过此码", "this bank gave out no such code"),
    "evidence-missing": ("缺少入账证明", "the proof of an entry is missing"),
    "not-in-ledger": ("入账证明不成立", "the proof does not lead into the ledger"),
    "statement-mismatch": ("与入账的陈述不符", "it is not the statement that was entered"),
    "content-mismatch": ("与入账的内容不符", "it is not the content that was entered"),
    "offline": ("离线核验，未查询状态", "the status was not asked for offline"),
    NO_LONGER_HOLDS: ("不再有效，原因请联网核验", "it no longer holds; verify online to learn why"),
    STATUS_STALE: ("状态名单已过期，请更新", "the status lists have run out; refresh them"),
    STATUS_LIST_MISSING: (
        "没有所需的状态名单，请更新",
        "the status list that it needs is not here; refresh them",
    ),
    "expired": ("已过有效期", "it has run out"),
    CERTIFICATE_EXPIRED: ("所示证书已过有效期", "a certificate that it shows has run out"),
    "not-yet-valid": ("尚未生效", "its time has not come"),
    **{reason.value: (told.zh, told.en) for reason, told in REASONS.items()},
}
"""What each problem of a check is called; a failed status is called by its reason."""


def tell(report: Report) -> Told:
    """Give a report's one line: the reason where there is one, else the verdict."""
    if PIN_PROBLEMS & {one.problem for one in report.checks}:
        return PIN_ASKED
    is_of_certificate = any(one.problem == CERTIFICATE_EXPIRED for one in report.checks)
    if report.verdict is Verdict.EXPIRED and is_of_certificate:
        return EXPIRED_CERTIFICATE
    return VERDICTS[report.verdict] if report.reason is None else REASONS[report.reason]


def tell_check(check: Check, language: str) -> CheckTold:
    """Give a check in a language."""
    sign, *result = RESULTS[check.result]
    return CheckTold(
        sign=sign,
        name=in_language(CHECKS[check.name], language),
        result=in_language((result[0], result[1]), language),
        problem="" if check.problem is None else tell_problem(check.problem, language),
    )


def tell_problem(problem: str, language: str) -> str:
    """Give what the problem of a check is called in a language."""
    return in_language(PROBLEMS[problem], language)


def in_language(words: tuple[str, str], language: str) -> str:
    """Give the 中文 or the English of a pair."""
    return words[0] if language == "zh" else words[1]
