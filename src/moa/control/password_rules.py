"""What a new password must be: long, and nothing that a guesser tries first. Pure."""

from __future__ import annotations

import re
import unicodedata

PASSWORD_MIN_LENGTH = 12
# From here on the page says good; the server refuses by the other.
PASSWORD_GOOD_LENGTH = 16

# What lists of leaked passwords begin with, in letters only: digits and signs around them do not make them rare.
_COMMON = frozenset(
    """password passwords passwort passphrase qwerty qwertyuiop qwertyuiopasdf asdfghjkl asdfghjklzxcvbnm zxcvbnm
    qwertyasdfgh qazwsx qazwsxedc qazwsxedcrfv letmein letmeinplease welcome welcomehome administrator admin
    adminadmin adminpassword changeme changemenow iloveyou iloveyousomuch monkey dragon sunshine princess football
    baseball superman batman master trustno trustnoone login loginlogin hello helloworld secret secretpassword
    default test testtest testpassword temp temppassword guest user username company treasury korea seoul
    dlfghdlekfwkaql qlalfqjsgh qlqjsdlqslek dkssudgktpdy tkfkdgo tkfkdgody skekfkakqktk gksrnrdmsgod woaini
    woainima nihao aaaaaa abcdef abcdefgh abcdefghij abcdefghijkl abcdefghijklmn abcabcabc asdfasdf asdfasdfasdf
    qwerqwer qwerqwerqwer zxcvzxcv passpass passwordpassword mypassword thisismypassword correcthorsebatterystaple
    비밀번호 사랑해 안녕하세요 대한민국 密码 我爱你""".split()
)
# Fewer letters say nothing by themselves: every pair of them stands in some run.
_TELLING = 4
_RUNS = ("0123456789" * 3, "9876543210" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl")


def password_problem(password: str, login: str, name: str = "") -> str:
    """The code of what is wrong with a new password, or "" when it will do."""
    if len(password) < PASSWORD_MIN_LENGTH:
        return "password_too_short"
    plain = unicodedata.normalize("NFKC", password).lower()
    if login and login.lower() in plain:
        return "password_holds_login"
    if _holds_name(plain, name):
        return "password_holds_name"
    if len(set(plain)) < 5:
        return "password_too_simple"
    if _is_common(plain):
        return "password_common"
    return ""


def _holds_name(plain: str, name: str) -> bool:
    """The whole name without its spaces, or a part of it that is long enough to be told from chance."""
    whole = unicodedata.normalize("NFKC", name).lower()
    parts = [part for part in whole.split() if len(part) >= 4]
    joined = "".join(whole.split())
    return (len(joined) >= 3 and joined in plain) or any(part in plain for part in parts)


def _is_common(plain: str) -> bool:
    letters = re.sub(r"[\W\d_]+", "", plain)
    if letters in _COMMON:
        return True
    if len(letters) < _TELLING:
        digits = re.sub(r"\D", "", plain)
        if not digits:
            return True
        return any(digits in run for run in _RUNS) or digits[: len(digits) // 2] * 2 == digits
    return any(letters in run for run in _RUNS)
