"""The page that answers an employer who scanned a learning pass or typed its code. No login."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from api.dependencies import CurrentBank
from creditbank.passes.verify import verify_text

router = APIRouter(include_in_schema=False)

CIVIL_TIME = ZoneInfo("Asia/Shanghai")
TEMPLATES = Path(__file__).parent / "templates"
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a verdict is told: one line in both languages, and a sign that is not only a colour."""

    sign: str
    tone: str
    zh: str
    en: str


VERDICTS = {
    "valid": Verdict("✓", "good", "有效", "Valid"),
    "suspended": Verdict("‖", "warn", "已冻结", "Suspended"),
    "expired": Verdict("⏲", "warn", "已过有效期", "Expired"),
    "not_yet_valid": Verdict("⏲", "warn", "尚未生效", "Not yet valid"),
    "unconfirmed": Verdict("?", "warn", "无法确认", "Cannot be confirmed"),
    "altered": Verdict(
        "✕", "bad", "验证不通过：内容与签发时不一致", "Refused: the content is not what was issued"
    ),
    "gone": Verdict("–", "warn", "记录已依申请删除", "The record was deleted at its holder's request"),
    "unknown": Verdict("?", "warn", "无法识别", "Not recognised"),
}
REASONS = {
    "superseded": Verdict("↻", "warn", "已更正替换", "Superseded by a corrected record"),
    "void": Verdict("–", "warn", "已作废", "Void"),
    "revoked": Verdict("✕", "bad", "已撤销", "Revoked"),
    "cancelled": Verdict("–", "warn", "已注销", "Cancelled by the holder"),
    "share_ended": Verdict("–", "warn", "分享已停止", "The holder ended this share"),
}
CHECKS = {
    "format": ("格式", "Format"),
    "signature": ("签名", "Signature"),
    "issuer": ("签发方", "Issuer"),
    "ledger": ("入账证明", "Ledger proof"),
    "status": ("当前状态", "Status"),
    "dates": ("有效期", "Dates"),
    "holder": ("持有人", "Holder"),
}
RESULTS = {
    "passed": ("✓", "通过", "passed"),
    "failed": ("✕", "未通过", "failed"),
    "skipped": ("–", "未检查", "not checked"),
}
CLASSES = {
    "formal": ("学历教育", "Degree learning"),
    "vocational": ("职业技能证书", "Vocational certificate"),
    "non_degree": ("非学历教育", "Non-degree learning"),
    "venue": ("社会场馆学习", "Venue learning"),
}
