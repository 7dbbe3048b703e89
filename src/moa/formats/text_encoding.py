"""Which encoding a text file is in, found without holding the file, and decoding that never loses a character.

Bank files name no encoding. Four occur: UTF-8, CP949 (Korean), GB18030 (Chinese) and Latin-1 (European). UTF-8
proves itself; the other three accept almost any bytes, so the one whose text consists of everyday characters wins.
"""

from __future__ import annotations

import codecs
import os
import re
from typing import BinaryIO

BLOCK = 1 << 18
# Enough lines to be sure, few enough to stay cheap on a file of millions.
SAMPLE_BYTES = 1 << 16
FALLBACK = "iso-8859-1"
# Bytes that are control characters in Latin-1 and letters or signs in the Windows code page.
_WINDOWS = re.compile(rb"[\x80-\x9f]")

# Nothing in a file proves these; whoever shows the text should say that it was a guess.
GUESSED = frozenset([FALLBACK, "cp1252"])

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NON_ASCII_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")

_HANGUL = frozenset(
    "가각간갈감갑강개객갱거건걸검게격견결경계고곡공과곽관광교구국군권귀규균그극근글금급기길김나남납내너네노녹농누뉴"
    "능니다단달담당대덕데도독돈동두드등디라락란람랑래량러레력련렬령례로록론롯료루류륙륜률르름리린림마막만말망매맥"
    "머메면명모목몰무문물미민밀바박반발방배백버번범법변별병보복본봉부북분불브비빈빌사산살삼상새색생샵서석선설섬성"
    "세센소속손송쇼수숙순술숭스슬승시식신실심십쌍씨아악안알암압앙애액야약양어억언얼엄업에엔여역연열염영예오옥온올"
    "와완왕외요용우욱운울웅워원월위유육윤율융은을음응의이익인일임입자작잔잠장재저적전절점접정제조족존종좌죄주준중"
    "증지직진질집차착찬참창찾채책처천철첨청체초촌총최추축출충취측치칠카캐커컴케코콘쿠크클키타탁탄탈태택터테텍토통"
    "투트특티파판팔패퍼페편평포폰표품풍프플피필하학한할함합항해핵행향허헌험혁현협형혜호혼홍화확환활황회획효후훈휘휴흥희히"
)
_HANZI = frozenset(
    "的一是了不人在有这中大来上国年月日时分元角金额账户号银行交易付款收转汇工资公司限责任科技贸发展实业集团股份北京"
    "海深圳广州杭天津重庆南苏青岛连沈阳支营部总手续费利息结算货服务电水税社保积贷还借方余摘要对名开备注用途代扣现存"
    "入取网机柜面凭证流编币种民美合计起始截止期张王李赵刘陈杨黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田"
    "董袁潘于蒋蔡杜叶程魏吕丁沈姚卢姜崔钟谭陆汪范廖石韦贾夏白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴"
    "莫孔向汤材料设械子信采购销售同程建投管理咨询物运输进出口食品医药化学生产制造厂商店院局本单位个其他报租房地库仓装"
    "配件软系统无纸质押担租赁回笼清分通知定活期七天协议外结购汇兑换差错冲正退票据承兑贴现背书到二三四五六七八九十零百"
    "千亿整奖福补助差旅招待办公维修培训会议广告宣传印刷快递邮话宽带物业保险劳动工会残疾教育附加城建印花增值个所得企契"
    "西东安山河湖福成都武汉长沙昆明合肥郑济哈尔滨春乌鲁木齐兰宁贵阳厦门温东莞佛珠新华光明丰泰和平永恒盛兴隆达利民生伟"
)


_SYLLABLES = frozenset(map(chr, range(0xAC00, 0xD7A4)))


def detect(source: BinaryIO) -> str:
    """The encoding of a seekable text stream; the stream is left at its start.

    Shape: a Python codec name: "utf-8" (plain ASCII included), "cp949", "gb18030", "utf-16", or one of `GUESSED`.
    """
    source.seek(0)
    head = source.read(4)
    for mark, name in _BOMS:
        if head.startswith(mark):
            source.seek(0)
            return name
    source.seek(0)
    lines: list[bytes] = []
    size, tail = 0, b""
    while size < SAMPLE_BYTES and (block := source.read(BLOCK)):
        if block.isascii() and not tail:
            continue
        block = tail + block
        cut = max(block.rfind(b"\n"), block.rfind(b"\r"), 0)
        # A line without an end would otherwise be carried through the whole file.
        tail, block = (block[cut:], block[:cut]) if len(block) - cut < BLOCK else (b"", block)
        for found in _NON_ASCII_LINE.findall(block):
            lines.append(found)
            size += len(found)
    lines.extend(_NON_ASCII_LINE.findall(tail[:SAMPLE_BYTES]))
    source.seek(0)
    return judge(lines)


def judge(lines: list[bytes]) -> str:
    """The encoding of the lines that are not plain ASCII. One broken line does not decide for the whole file."""
    legacy = [line for line in lines if not _is_utf8(line)]
    if len(legacy) * 2 < len(lines) or not legacy:
        return "utf-8"
    sample = b"\n".join(legacy)[: SAMPLE_BYTES * 2]
    korean = _familiar(sample, "cp949", _HANGUL)
    chinese = _familiar(sample, "gb18030", _HANZI)
    if max(korean, chinese) >= 0.5:
        return "cp949" if korean >= chinese else "gb18030"
    runs = _HIGH_RUN.findall(sample)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    if paired < 0.8 * sum(map(len, runs)):
        return "cp1252" if _WINDOWS.search(sample) and _decodes(sample, "cp1252") else FALLBACK
    # Rare characters only: Korean ones still all lie in the block of the syllables.
    return "cp949" if _familiar(sample, "cp949", _SYLLABLES) > 0.9 else "gb18030"


def _familiar(sample: bytes, encoding: str, everyday: frozenset[str]) -> float:
    """The share of everyday characters among those that are not ASCII, as text of `encoding`."""
    letters = [sign for sign in sample.decode(encoding, "replace") if sign > "\x7f"]
    return sum(sign in everyday for sign in letters) / len(letters) if letters else 0


def _is_utf8(line: bytes) -> bool:
    """Whether the line is UTF-8, be it with a broken character or two among many good ones."""
    letters = [sign for sign in line.decode("utf-8", "replace") if sign > "\x7f"]
    return letters.count("\ufffd") * 4 <= len(letters)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decode_line(line: bytes, encoding: str) -> tuple[str, bool]:
    """One line as text, and whether it really was in `encoding`; if not, it is read in the encoding that fits it."""
    try:
        return line.decode(encoding), True
    except UnicodeDecodeError:
        pass
    own = judge([line])
    if own == encoding:
        return line.decode(encoding, "replace"), False
    try:
        return line.decode(own), False
    except UnicodeDecodeError:
        return line.decode(FALLBACK), False


def ends_inside_a_line(source: BinaryIO) -> bool:
    """Whether the last byte ends neither a line nor a message."""
    source.seek(0, os.SEEK_END)
    if source.tell() == 0:
        return False
    source.seek(-1, os.SEEK_END)
    return source.read(1) not in b"\r\n-}\x1a\x03"
