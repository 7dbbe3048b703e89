"""The shipped banks: the demo's nine, mergers, lookups by code and BIC, and that the application only reads them."""

import pytest
from django.db import Error, connection, transaction

from moa.directory.bank_list import fill_banks, shipped_banks
from moa.directory.models import Bank
from moa.directory.queries import bank_map, bank_named, banks_to_choose, find_bank, forget_banks, list_banks
from tests.control.factories import make_group, make_person


@pytest.fixture
def ctx(db):
    ctx = make_person(make_group(), roles=["clerk"])
    with ctx.open():
        yield ctx


@pytest.mark.parametrize(
    ("country", "code", "ko", "zh", "en", "bic"),
    [
        ("KR", "004", "KB국민", "国民银行", "KB Kookmin", "CZNBKRSE"),
        ("KR", "088", "신한", "新韩银行", "Shinhan", "SHBKKRSE"),
        ("KR", "081", "하나", "韩亚银行", "Hana", "KOEXKRSE"),
        ("KR", "020", "우리", "友利银行", "Woori", "HVBKKRSE"),
        ("KR", "003", "IBK기업", "企业银行", "IBK", "IBKOKRSE"),
        ("KR", "011", "NH농협", "农协银行", "NH Bank", "NACFKRSE"),
        ("KR", "002", "KDB산업", "产业银行", "KDB", "KODBKRSE"),
        ("CN", "104", "中国银行", "中国银行", "BOC", "BKCHCNBJ"),
        ("CN", "102", "工商银行", "工商银行", "ICBC", "ICBKCNBJ"),
    ],
)
def test_the_banks_of_the_demo_have_short_names_in_three_languages(ctx, country, code, ko, zh, en, bic):
    bank = bank_map(ctx)[country, code]
    assert [bank.short_name(language) for language in ("ko", "zh-hans", "en")] == [ko, zh, en]
    assert bank.bic == bic


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"country": "KR", "code": "005"}, "KR-081"),  # 외환은행, now 하나
        ({"country": "KR", "code": "021"}, "KR-088"),  # 조흥은행, now 신한
        ({"country": "CN", "code": "104100000004"}, "CN-104"),  # head office of Bank of China
        ({"country": "CN", "code": "104305000123"}, "CN-104"),  # a branch of it
        ({"country": "CN", "code": "313290000017"}, "CN-BOSHCNSH"),
        ({"bic": "CZNBKRSE"}, "KR-004"),
        ({"bic": "bkchcnbj110"}, "CN-104"),  # a branch's BIC of eleven
        ({"country": "KR", "code": "", "bic": "SHBKKRSEXXX"}, "KR-088"),
        ({"country": "CN", "code": "313999999999"}, None),  # 313 is shared by all city banks
        ({"country": "KR", "code": "999"}, None),
        ({"bic": "XXXXKRSE"}, None),
        ({}, None),
    ],
)
def test_a_code_or_a_bic_leads_to_the_bank_of_today(ctx, asked, found):
    bank = find_bank(ctx, **asked)
    assert (bank and bank.id) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("신한은행", "KR-088"), ("신한", "KR-088"), ("KB국민은행", "KR-004"), (" kb국민은행 여의도지점", "KR-004"),
        ("우리은행", "KR-020"), ("하나은행", "KR-081"), ("IBK기업은행", "KR-003"), ("NH농협은행", "KR-011"),
        ("中国银行", "CN-104"), ("中国工商银行股份有限公司北京海淀支行", "CN-102"), ("Bank of China", "CN-104"),
        ("", None), ("은행", None), ("中国", None), ("Moa", None),
    ],
)  # fmt: skip
def test_a_name_leads_to_the_one_bank_that_is_called_so(ctx, text, found):
    bank = bank_named(ctx, text)
    assert (bank and bank.id) == found


def test_the_banks_of_ones_own_country_stand_first(ctx):
    countries = [bank.country for bank in banks_to_choose(ctx)]
    assert countries == sorted(countries, key=lambda country: country != "KR") and countries[0] == "KR"
    assert len(countries) == len(list_banks(ctx))


def test_all_of_them_come_in_one_query_a_process(ctx, django_assert_num_queries):
    forget_banks()
    with django_assert_num_queries(1):
        bank_map(ctx)
        banks = list_banks(ctx)
    assert len(banks) == len(shipped_banks()) == 155 + 42
    assert len({bank.id for bank in banks}) == len(banks)


def test_a_bank_without_a_name_in_a_language_shows_the_one_it_has_at_home(ctx):
    card_company = bank_map(ctx)["KR", "361"]
    assert [card_company.name(language) for language in ("ko", "zh-hans", "en")] == ["BC카드"] * 3


def test_the_former_names_of_merged_banks_can_be_found(ctx):
    assert {"조흥은행", "동화은행"} <= set(bank_map(ctx)["KR", "088"].former_names)
    assert Bank.objects.filter(former_names__contains=["외환은행"]).get().id == "KR-081"


@pytest.mark.parametrize(
    "statement",
    [
        "update directory_bank set code = code",
        "delete from directory_bank",
        "insert into directory_bank (id) values ('X')",
    ],
)
def test_the_application_only_reads_the_list(ctx, statement):
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_code_leads_to_two_banks():
    codes = [(bank.country, code) for bank in shipped_banks() for code in (bank.code, *bank.other_codes)]
    assert len(codes) == len(set(codes))


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_filling_again_brings_a_changed_row_back_and_removes_none():
    changed = Bank.objects.using("owner").filter(id="KR-004")
    changed.update(names={"ko": "옛 이름"}, other_codes=[])
    Bank.objects.using("owner").create(
        id="KR-998", country="KR", code="998", names={"ko": "사라진 은행"}, short_names={}
    )
    fill_banks(Bank, "owner")
    assert changed.get().names["ko"] == "KB국민은행"
    assert changed.get().other_codes == ["006", "019", "029", "078", "079"]
    assert Bank.objects.using("owner").filter(id="KR-998").exists()
