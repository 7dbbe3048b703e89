"""Every finding has a sentence in three languages, and no code is used that has none."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from moa.entry import commands
from moa.formats import fixed_width, kftc
from moa.formats.fixed_width.finding import error, warning
from moa.formats.kftc.codes import LANGUAGES, CodeUnknown, result_codes
from moa.formats.kftc.evidence import check_evidence
from moa.formats.kftc.faults import _narrower, fault_text, faults, field_label, sentence
from moa.formats.kftc.file_kinds import file_kinds

FOLDERS = [Path(package.__path__[0]) for package in (kftc, fixed_width)]
COMMANDS = Path(commands.__path__[0])
# Who takes a code as the first argument; Finding takes it as the second.
MAKERS = {"error": 0, "warning": 0, "Unwritable": 0, "CannotShrink": 0, "ListRefused": 0, "Finding": 1}
CODE = re.compile(r"0\d{3}|9\d{3}|A0\d\d|[a-z]+(_[a-z]+)+")


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from folder.rglob("*.py")
    yield from COMMANDS.glob("kftc_*.py")


def literal_codes(source: str) -> Iterator[str]:
    """The codes that a module writes out where a finding or a refusal is made, also through its own constants."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MAKERS:
                given = node.args[MAKERS[name] : MAKERS[name] + 1]
                given += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                yield from (text for each in given for text in strings(each, constants))


def strings(expression: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """A literal, a constant of the module, or those between which a conditional expression chooses."""
    if isinstance(expression, ast.Name) and expression.id in constants:
        expression = constants[expression.id]
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.IfExp):
        yield from strings(expression.body, constants)
        yield from strings(expression.orelse, constants)


def codes_of_kind(kind: object) -> Iterator[str]:
    """The codes that a field's kind was given: all its texts that are named for one (code, low_code, blank_code …)."""
    if is_dataclass(kind):
        for each in fields(kind):
            value = getattr(kind, each.name)
            if each.name.endswith("code") and isinstance(value, str) and value:
                yield value


def test_every_code_written_in_the_sources_has_a_sentence():
    used = {code: path.name for path in sources() for code in literal_codes(path.read_text(encoding="utf-8"))}
    assert {"account_length_unusual", "error_code_unknown"} <= set(used), "the search finds nothing any more"
    assert {code: place for code, place in used.items() if code not in faults()} == {}


def test_every_code_of_a_layouts_field_has_a_sentence():
    used = {
        code
        for kind in file_kinds().values()
        for layout in (kind.header, kind.data, kind.trailer)
        for field in layout.fields
        for code in codes_of_kind(field.kind)
    }
    assert {"0081", "0088"} <= used, "the search finds nothing any more"
    assert used - set(faults()) == set()


def test_the_search_sees_a_code_without_a_sentence():
    source = """
NAMED = "made_up_by_name"
error("made_up", 1)
finding.warning(code="made_up_too")
Finding("error", NAMED if x else "0061")
error(value, other="not_one")
"""
    assert list(literal_codes(source)) == ["made_up", "made_up_too", "made_up_by_name", "0061"]


def test_every_field_of_every_layout_has_a_label():
    names = {
        field.name
        for kind in file_kinds().values()
        for layout in (kind.header, kind.data, kind.trailer)
        for field in layout.fields
    }
    assert {name for name in names if field_label(name, "ko") == name} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole(language):
    for code, texts in faults().items():
        assert CODE.fullmatch(code) or code in {each.code for each in result_codes()}, code
        assert texts[language].strip() == texts[language] != "", code
        assert texts[language][-1] == ("。" if language == "zh-hans" else "."), code
        assert "\t" not in texts[language]
    texts = [each[language] for each in faults().values()]
    assert len(set(texts)) == len(texts), "two codes with the same words cannot be told apart"


def test_the_languages_are_in_their_own_script():
    for code, texts in faults().items():
        assert re.search("[가-힣]", texts["ko"]), code
        assert re.search("[一-鿿]", texts["zh-hans"]), code
        assert not re.search("[가-힣一-鿿]", texts["en"]), code


def test_every_code_that_a_bank_may_give_has_a_sentence():
    assert {each.code for each in result_codes()} <= set(faults())


def test_a_sentence_names_record_field_and_value():
    finding = error("0098", 3, "account_no", "123 45")
    assert sentence(finding, "en").startswith(
        'Record 3, account number (account_no), "123 45": There is a space'
    )
    assert sentence(finding, "ko").startswith(
        "3번 레코드, 계좌번호(account_no), “123 45”: 번호 앞이나 중간에 Space"
    )
    assert sentence(finding, "zh-hans").startswith(
        "第3条记录，账号（account_no），“123 45”：号码开头或中间含有空格"
    )


def test_a_sentence_about_a_table_names_its_row():
    finding = error("column_unknown", 1, "acount_no")
    assert sentence(finding, "en", "row").startswith("Row 1, acount_no: ")
    assert sentence(finding, "ko", "row").startswith("1번 행, acount_no: ")


def test_a_sentence_about_the_whole_file_begins_with_what_is_wrong():
    assert sentence(warning("line_breaks"), "en").startswith("There are line breaks")


def test_a_value_with_braces_is_shown_as_it_is():
    assert '"{0}%s"' in sentence(error("0088", 1, "payer_no", "{0}%s"), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_fits_the_length_of_its_field(language):
    three, seven = fault_text("0011", language, "bank_code"), fault_text("0011", language, "bank_branch_code")
    assert ("seven" if language == "en" else "7") in seven
    assert not {"seven", "7"} & set(re.findall(r"seven|7", three))
    assert ("three" if language == "en" else "3") in three


def test_every_narrower_sentence_is_whole_and_of_a_code_and_field_that_there_are():
    for finding, texts in _narrower().items():
        code, field, *_ = finding.split()
        assert code in faults()
        assert field_label(field, "ko") != field
        for language in LANGUAGES:
            assert texts[language] not in ("", faults()[code][language])
            assert texts[language][-1] == ("。" if language == "zh-hans" else ".")


def test_an_empty_evidence_is_called_empty_and_not_too_large():
    [found] = check_evidence("1", "jpg", b"")
    assert "비어" in sentence(found, "ko")
    assert "is empty" in sentence(found, "en")
    assert "为空" in sentence(found, "zh-hans")


def test_it_refuses_a_code_without_a_sentence():
    for ask in (lambda: fault_text("made_up", "en"), lambda: sentence(error("made_up"), "ko")):
        with pytest.raises(CodeUnknown):
            ask()
