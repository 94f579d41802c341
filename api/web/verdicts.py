"""How verdicts, reasons and checks are told: one line in both languages, never by colour alone."""

from dataclasses import dataclass

from certificates.report import Check, CheckName, CheckResult
from creditbank.verification.report import Reason, Report, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: a sign, a tone for its colours, and a line in each language."""

    sign: str
    tone: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTold:
    """One check as the page shows it."""

    sign: str
    zh: str
    en: str
    result_zh: str
    result_en: str
    problem: str | None


VERDICTS = {
    Verdict.VALID: Told("✓", "good", "有效", "Valid"),
    Verdict.REVOKED: Told("✕", "bad", "已撤销", "Revoked"),
    Verdict.SUSPENDED: Told("‖", "warn", "已冻结", "Suspended"),
    Verdict.EXPIRED: Told("!", "warn", "已过有效期", "Expired"),
    Verdict.NOT_YET_VALID: Told("!", "warn", "尚未生效", "Not yet valid"),
    Verdict.UNCONFIRMED: Told("?", "warn", "无法确认", "Cannot be confirmed"),
    Verdict.ALTERED: Told(
        "✕", "bad", "验证不通过：内容与签发时不一致", "Refused: the content is not what was issued"
    ),
    Verdict.GONE: Told("–", "warn", "记录已依申请删除", "Deleted at the holder's request"),
    Verdict.UNKNOWN: Told("?", "warn", "无法识别", "Not recognised"),
}
REASONS = {
    Reason.SUPERSEDED: Told("↻", "warn", "已更正替换", "Replaced by a corrected record"),
    Reason.VOID: Told("–", "warn", "已作废", "Void"),
    Reason.REVOKED: Told("✕", "bad", "已撤销", "Revoked"),
    Reason.CANCELLED: Told("–", "warn", "已注销", "Cancelled by the holder"),
    Reason.SHARE_ENDED: Told("–", "warn", "分享已停止", "The holder ended this share"),
}
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
CLASSES = {
    "formal": ("学历教育", "Degree learning"),
    "vocational": ("职业技能证书", "Vocational certificate"),
    "non_degree": ("非学历教育", "Non-degree learning"),
    "venue": ("社会场馆学习", "Venue learning"),
}


def tell(report: Report) -> Told:
    """Give a report's one line: the reason where there is one, else the verdict."""
    if report.reason in REASONS:
        return REASONS[report.reason]
    return VERDICTS[report.verdict]


def tell_check(check: Check) -> CheckTold:
    """Give a check in both languages."""
    zh, en = CHECKS[check.name]
    sign, result_zh, result_en = RESULTS[check.result]
    return CheckTold(
        sign=sign, zh=zh, en=en, result_zh=result_zh, result_en=result_en, problem=check.problem
    )
