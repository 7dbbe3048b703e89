import pytest

from moa.formats.fixed_width.kinds import Blank, Number
from moa.formats.fixed_width.layout import Field, Layout, LayoutError, Unwritten

COUNT, BLANK = Number("0088"), Blank("0089")


def layout(*fields: Field, length: int = 10) -> Layout:
    return Layout("X.data", length, fields, "none", "made up")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param((Field("a", 1, 4, COUNT), Field("b", 6, 5, BLANK)), id="gap"),
        pytest.param((Field("a", 1, 6, COUNT), Field("b", 6, 5, BLANK)), id="overlap"),
        pytest.param((Field("a", 1, 5, COUNT), Field("b", 6, 4, BLANK)), id="too short"),
        pytest.param((Field("a", 1, 5, COUNT), Field("b", 6, 6, BLANK)), id="too long"),
        pytest.param((Field("a", 2, 4, COUNT), Field("b", 6, 5, BLANK)), id="late start"),
        pytest.param((Field("a", 1, 5, COUNT), Field("a", 6, 5, BLANK)), id="name twice"),
    ],
)
def test_it_refuses_a_table_that_can_not_be_a_record(fields):
    with pytest.raises(LayoutError):
        layout(*fields)


def test_it_refuses_to_replace_a_field_that_is_not_there():
    with pytest.raises(LayoutError):
        layout(Field("a", 1, 10, COUNT)).replacing("Y.data", c=BLANK)


def test_it_names_every_field_that_can_not_be_written():
    with pytest.raises(Unwritten) as refused:
        layout(Field("a", 1, 5, COUNT), Field("b", 6, 5, BLANK)).encode({"a": "123456", "b": "x"})
    assert [(f.code, f.field, f.value) for f in refused.value.findings] == [
        ("value_too_long", "a", "123456"),
        ("0089", "b", "x"),
    ]


def test_what_is_wrong_in_a_field_that_rests_on_weak_sources_is_a_warning():
    found = layout(Field("a", 1, 10, COUNT, strict=False)).check(b"12345 7890", 3)
    assert [(f.severity, f.code, f.record, f.field) for f in found] == [("warning", "0088", 3, "a")]
