"""Names of the published days in the languages of the pages; a day that a person changed keeps that person's words. Pure.

The published table names a day in its country's language (Korean, Chinese). A name that is not here yet, of a day decreed
after this list was written, is told as it was published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from moa.kernel.calendars import CalendarDay, DayReason

LANGUAGES = ("ko", "zh-hans", "en")

# As published: ko, zh-hans, en.
_NAMES = """
4.19 혁명 기념일|4.19 혁명 기념일|4·19革命纪念日|April Revolution Day
5.16 군사혁명 기념일|5.16 군사혁명 기념일|5·16军事革命纪念日|May 16 Revolution Day
1988 서울 올림픽 개막식|1988 서울 올림픽 개막식|1988年汉城奥运会开幕式|Opening of the 1988 Seoul Olympics
2002년 한일 월드컵 대표팀 4강 진출|2002년 한일 월드컵 대표팀 4강 진출|2002年韩日世界杯国家队晋级四强|Semi-final of the 2002 World Cup
개천절|개천절|开天节|National Foundation Day
광복절|광복절|光复节|Liberation Day
국군의 날|국군의 날|国军日|Armed Forces Day
국제연합일|국제연합일|联合国日|United Nations Day
국회의원 선거일|국회의원 선거일|国会议员选举日|National Assembly Election Day
근로자의날|근로자의날|劳动者日|Workers' Day
기독탄신일|기독탄신일|圣诞节|Christmas Day
노동절|노동절|劳动节|Labour Day
대통령 선거일|대통령 선거일|总统选举日|Presidential Election Day
대통령 영부인 육영수 여사 국민장 영결식|대통령 영부인 육영수 여사 국민장 영결식|总统夫人陆英修国民葬告别仪式|Funeral of First Lady Yuk Young-soo
대통령 취임식|대통령 취임식|总统就职典礼|Presidential Inauguration
민속의 날|민속의 날|民俗日|Folk Day
박정희 대통령 국장 영결식|박정희 대통령 국장 영결식|朴正熙总统国葬告别仪式|State funeral of President Park Chung-hee
부처님오신날|부처님오신날|佛诞日|Buddha's Birthday
부통령 선거일|부통령 선거일|副总统选举日|Vice-Presidential Election Day
사방의 날|사방의 날|沙防日|Erosion Control Day
삼선 헌법 개정 국민투표일|삼선 헌법 개정 국민투표일|三选改宪国民投票日|Constitutional Referendum
삼일절|삼일절|三一节|Independence Movement Day
석가탄신일|석가탄신일|佛诞日|Buddha's Birthday
선거를 위한 선거인단 선일|선거를 위한 선거인단 선거일|总统选举人团选举日|Electoral College Election Day
설날|설날|春节|Lunar New Year's Day
설날 전날|설날 전날|春节前一日|Day before Lunar New Year
설날 다음날|설날 다음날|春节次日|Day after Lunar New Year
식목일|식목일|植树节|Arbour Day
신정부 경축의 날|신정부 경축의 날|新政府庆祝日|New Government Celebration Day
신정연휴|신정연휴|元旦|New Year's Day
아폴로 11호 달 착륙 기념|아폴로 11호 달 착륙 기념|阿波罗11号登月纪念|Apollo 11 Moon Landing
어린이날|어린이날|儿童节|Children's Day
유신헌법 국민투표일|유신헌법 국민투표일|维新宪法国民投票日|Yushin Constitution Referendum
이승만 대통령 탄신일|이승만 대통령 탄신일|李承晚总统诞辰|Birthday of President Syngman Rhee
임시공휴일|임시공휴일|临时公休日|Temporary public holiday
전몰군인 합동위령제|전몰군인 합동위령제|阵亡军人联合慰灵祭|Memorial service for the war dead
제5공화국 헌법 개정 국민투표일|제5공화국 헌법 개정 국민투표일|第五共和国宪法国民投票日|Constitutional Referendum
제6공화국 헌법 개정 국민투표일|제6공화국 헌법 개정 국민투표일|第六共和国宪法国民投票日|Constitutional Referendum
제헌절|제헌절|制宪节|Constitution Day
지방선거일|지방선거일|地方选举日|Local Election Day
추석|추석|中秋节|Chuseok
추석 전날|추석 전날|中秋节前一日|Day before Chuseok
추석 다음날|추석 다음날|中秋节次日|Day after Chuseok
통일주체국민회의 선거일|통일주체국민회의 선거일|统一主体国民会议选举日|National Conference for Unification Election Day
한글날|한글날|韩文日|Hangul Day
현충일|현충일|显忠日|Memorial Day
中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日|중국 항일전쟁·세계 반파시스트 전쟁 승리 70주년|中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日|70th Anniversary of Victory Day
元旦|신정|元旦|New Year's Day
农历除夕|섣달그믐|农历除夕|Lunar New Year's Eve
春节|춘절|春节|Spring Festival
春节延长假期|춘절 연장 휴일|春节延长假期|Spring Festival, extended
清明节|청명절|清明节|Tomb-Sweeping Day
劳动节|노동절|劳动节|Labour Day
端午节|단오절|端午节|Dragon Boat Festival
中秋节|중추절|中秋节|Mid-Autumn Festival
国庆节|국경절|国庆节|National Day
调休上班|대체 근무일|调休上班|Make-up working day
"""
NAMES: Mapping[str, tuple[str, ...]] = {
    name: (ko, zh, en) for name, ko, zh, en in (line.split("|") for line in _NAMES.strip().splitlines())
}
# What stands around a name: a substitute for it, or a day off for a weekend that is worked.
_AROUND = (
    (re.compile(r"(?P<of>.+) 대체 휴일"), ("{of} 대체 휴일", "{of}（补休）", "{of} (substitute)")),
    (re.compile(r"(?P<of>.+)（补假）"), ("{of} 대체 휴일", "{of}（补假）", "{of} (substitute)")),
    (
        re.compile(r"休息日（由 (?P<day>[\d-]{10}) 调休）"),
        ("쉬는 날({day} 근무 대체)", "休息日（由 {day} 调休）", "Day off (worked on {day})"),
    ),
)


def name_of_day(day: CalendarDay, language: str) -> str:
    """The day's name as a page of that language says it."""
    return day.name if day.reason is DayReason.OVERRIDE else published_name(day.name, language)


def names_of_day(day: CalendarDay) -> dict[str, str]:
    """The day's name in every language; empty where it has none, or a person's words."""
    if day.reason is DayReason.OVERRIDE or not day.name:
        return {}
    return {language: published_name(day.name, language) for language in LANGUAGES}


def published_name(name: str, language: str) -> str:
    """Several feasts of one day stay beside each other."""
    return "; ".join(_one(part, language) for part in name.split("; "))


def _one(name: str, language: str) -> str:
    place = LANGUAGES.index(language) if language in LANGUAGES else -1
    if name in NAMES:
        return NAMES[name][place]
    for pattern, words in _AROUND:
        if found := pattern.fullmatch(name):
            parts = found.groupdict()
            return words[place].format(**{key: _one(text, language) for key, text in parts.items()})
    return name
