"""Why a bank did or did not do something, in our own codes whatever way it speaks: those of firm banking, and those of HTTP.

What no code here says is neither done nor refused.
"""

from __future__ import annotations

from types import MappingProxyType

from moa.channels.protocol import Answered
from moa.formats.firm_banking import RESPONSE_CODES, Meaning
from moa.formats.firm_banking.response_codes import ResponseCode

# A status that no bank promised anything for, and errors of its system: it may have been done.
ERROR = "H500"
_OVER_HTTP = (
    ("H400", Meaning.REFUSED, "the bank did not understand the request", "요청 형식 오류", "请求格式有误"),
    ("H401", Meaning.REFUSED, "the bank did not accept our token", "접근 토큰 거절", "访问令牌被拒"),
    ("H403", Meaning.REFUSED, "the token is not for this", "접근 토큰 권한 없음", "访问令牌无此权限"),
    ("H404", Meaning.REFUSED, "the bank has no such address", "은행에 없는 주소", "银行无此地址"),
    ("H429", Meaning.REFUSED, "too many requests, not taken", "요청 과다로 접수되지 않음", "请求过多，未受理"),
    (ERROR, Meaning.UNKNOWN, "error in the bank's system; ask for the result", "은행 시스템 오류, 결과 조회 필요", "银行系统错误，需查询结果"),
    ("H503", Meaning.UNKNOWN, "the bank's system is out of order; ask for the result", "은행 시스템 장애, 결과 조회 필요", "银行系统故障，需查询结果"),
)  # fmt: skip
REASONS = MappingProxyType(
    {
        **RESPONSE_CODES,
        **{code: ResponseCode(code, meaning, "ours", en, ko, zh) for code, meaning, en, ko, zh in _OVER_HTTP},
    }
)
_ANSWERED = {
    Meaning.DONE: Answered.DONE, Meaning.REFUSED: Answered.REFUSED, Meaning.IN_PROCESS: Answered.IN_PROCESS,
    Meaning.NO_RECORD: Answered.NO_RECORD,
}  # fmt: skip


def understood(code: str) -> Answered:
    """What a bank's code says; one that nobody knows says nothing."""
    known = REASONS.get(code)
    return Answered.UNCLEAR if known is None else _ANSWERED.get(known.meaning, Answered.UNCLEAR)


def reason_words(code: str, language: str) -> str:
    """The code with its meaning in the person's language."""
    known = REASONS.get(code)
    if not code or known is None:
        return code
    return f"{code} {({'ko': known.ko, 'zh-hans': known.zh_hans}).get(language, known.en)}"
