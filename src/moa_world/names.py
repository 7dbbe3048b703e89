"""Invented names: firms, people and places, put together from syllables by a seeded draw.

None is taken from a list of real firms or persons; the parts are everyday words.
"""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KO_STEMS = _words(
    "가온 가람 나래 누리 다온 단비 대성 대현 동방 동해 두리 라온 마루 미래 미르 바른 보람 비전 "
    "삼호 새론 새한 서진 서해 선우 성우 세광 세림 소담 송현 승진 시온 신영 신화 아람 아성 여울 영진 예림 "
    "온누리 우진 유성 윤슬 은하 이든 인성 일광 정우 제일 조은 중앙 진성 진양 창신 청우 초록 태림 태성 태양 "
    "태화 하늘 한결 한길 한빛 한솔 한울 해강 해솔 현진 호연"
)
KO_MAKING = _words(
    "금속 금속공업 정공 정밀 기계 기공 기전 산업 제강 특수강 주물 단조 열처리 도금 금형 에스티 테크 전자부품 전자 "
    "전기 자동화 공구 유압 베어링 화학 케미칼 고분자 플라스틱 고무 패키징 포장 인쇄 소재 엔지니어링"
)
KO_FOOD = _words(
    "농산 수산 축산 식품 제당 제분 유통 후레쉬 푸드 마트 상회 식자재 급식 베이커리 음료 유업 냉동 로컬"
)
KO_MOVING = _words(
    "물류 운수 통운 택배 해운 항공화물 창고 특송 익스프레스 관세법인 로지스틱스 렌탈 정유 주유소 모터스 정비"
)
KO_CARE = _words(
    "의료기 메디칼 헬스케어 약품 제약 바이오 바이오랩 과학 실버타운 요양원 재활의원 복지센터 케어 돌봄 위생"
)
KO_TRADE = _words("상사 무역 인터내셔날 트레이딩 코퍼레이션 글로벌 통상 교역 유통 컴퍼니")
KO_OFFICE = _words(
    "오피스 시스템 소프트 정보통신 네트웍스 디자인 광고 컨설팅 법무법인 회계법인 노무법인 보안 미화 인테리어 부동산"
)

KO_SURNAMES = _words(
    "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 전 홍 유 고 문 양 손 배 백 허 남 심 노 하"
)
KO_GIVEN_1 = _words(
    "가 건 경 광 규 나 다 도 동 라 려 명 미 민 보 상 서 선 성 세 소 수 승 시 아 연 영 예 우 유 윤 은 인 재 정 주 준 지 진 찬 채 태 하 해 현 호 효 희"
)
KO_GIVEN_2 = _words(
    "강 결 경 국 규 근 나 란 람 려 령 린 림 민 범 별 빈 솔 수 숙 슬 식 아 안 연 영 오 용 우 욱 원 윤 율 은 인 정 주 준 진 찬 철 표 하 한 헌 혁 현 호 환 훈 희"
)

ZH_PLACES = _words("苏州 昆山 无锡 常熟 太仓 南通 嘉兴 宁波 上海 杭州 常州 张家港")
ZH_STEMS = _words(
    "宏泰 瑞丰 华盛 恒信 永利达 金源 鑫达 德隆 润泽 嘉禾 中科远 博远 天成 联创 顺达 万和 长荣 科锐 汇川达 凯元 "
    "信义 同辉 精工 立新 东升 正泰达 航达 锦程 飞跃 安泰 明德 新越"
)
ZH_TRADES = _words(
    "机电 精密机械 电子科技 金属制品 自动化设备 模具 塑胶 物流 包装材料 化工 五金 贸易 测控技术 汽车零部件"
)
ZH_SURNAMES = _words(
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧"
)
ZH_GIVEN = _words(
    "雨 桐 浩 然 子 涵 欣 怡 宇 轩 梓 晨 佳 琪 思 远 俊 杰 静 雅 文 博 晓 明 丽 娜 志 强 海 燕 建 国 玉 兰 秋 月"
)

EN_FIRST = _words(
    "Meridian Harbour Northgate Bluewater Cascade Sterling Oakfield Pinnacle Redstone Summit Lakeside Vantage "
    "Kestrel Ironbridge Westhaven Solano Altamont Corvus Larkspur Tidewater"
)
EN_SECOND = _words(
    "Polymers Tooling Components Industrial Trading Instruments Machinery Foods Biologics Supply Motion Metals"
)
EN_FORMS = ("Ltd", "Inc", "LLC", "GmbH", "Pte Ltd", "Co")

STORES = _words(
    "강남점 판교점 수원점 일산점 부평점 대전둔산점 대구동성로점 부산서면점 광주상무점 울산삼산점 창원상남점 전주객사점 "
    "청주성안점 천안두정점 제주연동점 온라인몰"
)


def korean_firm(rng: Random, trades: tuple[str, ...]) -> str:
    """A Korean firm's name with its legal form before, behind or left out, as bank lines print it."""
    name = rng.choice(KO_STEMS) + rng.choice(trades)
    form = rng.randrange(10)
    if form < 4:
        return f"(주){name}"
    if form < 7:
        return f"{name}(주)"
    return name if form < 9 else f"주식회사 {name}"


def korean_person(rng: Random) -> str:
    return rng.choice(KO_SURNAMES) + rng.choice(KO_GIVEN_1) + rng.choice(KO_GIVEN_2)


def chinese_firm(rng: Random) -> str:
    return f"{rng.choice(ZH_PLACES)}{rng.choice(ZH_STEMS)}{rng.choice(ZH_TRADES)}有限公司"


def chinese_person(rng: Random) -> str:
    return rng.choice(ZH_SURNAMES) + "".join(rng.sample(ZH_GIVEN, rng.choice((1, 2, 2, 2))))


def english_firm(rng: Random) -> str:
    return f"{rng.choice(EN_FIRST)} {rng.choice(EN_SECOND)} {rng.choice(EN_FORMS)}"


def digits(rng: Random, count: int) -> str:
    """`count` digits, the first not zero."""
    return str(rng.randrange(10 ** (count - 1), 10**count))
