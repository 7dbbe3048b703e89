"""What the :86: narrative says, in each of the ways that banks write it; and that none of its text is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.swift.narrative import LINE_WIDTH, Narrative, sepa_value, understand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("급여이체", Narrative("급여이체")),
        ("first\nsecond", Narrative("first second")),
        ("a" * 65 + "\nrest", Narrative("a" * 65 + "rest")),
        ("NL47INGB9999999999 jan jansen\n   \nBetaling", Narrative(
            "NL47INGB9999999999 jan jansen Betaling", "jan jansen", "NL47INGB9999999999")),
        ("FACTUUR 7\nREK: NL65INGB0123456789/NAAM: PICQER", Narrative(
            "FACTUUR 7 REK: NL65INGB0123456789/NAAM: PICQER", "PICQER", "NL65INGB0123456789")),
        ("X; Z RACH.: \n56114010810000267002001001; OD: JAN NOWAK  \nUL. 1; TYT.: Y", Narrative(
            "X; Z RACH.: 56114010810000267002001001; OD: JAN NOWAK UL. 1; TYT.: Y",
            "JAN NOWAK UL. 1", "56114010810000267002001001")),
        ("/EREF/E-1/BENM//NAME/JOHN DOE/REMI/Ref 7/ISDT/2013-01-02", Narrative(
            "/EREF/E-1/BENM//NAME/JOHN DOE/REMI/Ref 7/ISDT/2013-01-02", "JOHN DOE", "", "E-1")),
        ("/EREF/NOTPROVIDED//CNTP/NL32INGB0000012345/INGBNL2A/ING BANK/CITY///REMI/USTD//text/", Narrative(
            "/EREF/NOTPROVIDED//CNTP/NL32INGB0000012345/INGBNL2A/ING BANK/CITY///REMI/USTD//text/",
            "ING BANK", "NL32INGB0000012345")),
        ("/ORDP/300000000000001\n/MUSTER DOOEL\n/000//747\n/Faktura 747", Narrative(
            "/ORDP/300000000000001 /MUSTER DOOEL /000//747 /Faktura 747", "MUSTER DOOEL", "300000000000001")),
        ("051?00GEHALT?20Mai?30BANK?31123 456?32MUELLER", Narrative("GEHALT Mai [051 ?30 BANK]", "MUELLER", "123456")),
        ("?20wann? gleich?32A?33B", Narrative("wann? gleich", "A B")),
        ("000+20Plata +30302+31RO89+32SRL\n+23FACT", Narrative("Plata FACT [?30 302]", "SRL", "RO89")),
        (">20Opłata>31>32", Narrative("Opłata")),
        ("020~00A~311~38PL22", Narrative("A [020 ?31 1]", "", "PL22")),
        ("835?20EREF+?21SVWZ+Miete", Narrative("EREF+ SVWZ+Miete [835]")),
        # A code cut by the end of a line, as banks do.
        ("020?00" + "W" * 58 + "?\n22INFO", Narrative("W" * 58 + " INFO [020]")),
    ],
)  # fmt: skip
def test_it_understands(text: str, expected: Narrative) -> None:
    assert understand(text) == expected


@pytest.mark.parametrize(
    ("code", "value"),
    [("EREF+", "E2E 1"), ("MREF+", "M1"), ("SVWZ+", "Rent May"), ("KREF+", ""), ("ABWA+", "")],
)
def test_it_finds_the_value_behind_a_sepa_code(code: str, value: str) -> None:
    assert sepa_value("EREF+E2E 1 MREF+M1 CRED+NOTPROVIDED SVWZ+Rent May ABWA+ [166 ?34 0]", code) == value


def test_a_subfield_filled_to_its_width_runs_on() -> None:
    assert (
        understand("166?20SVWZ+Rechnung 4711 von März?22 2016").description
        == "SVWZ+Rechnung 4711 von März 2016 [166]"
    )


@given(
    sign=st.sampled_from("?<>~+"),
    fields=st.lists(
        st.tuples(
            st.sampled_from(["00", "10", "20", "21", "25", "30", "31", "32", "33", "34", "38", "60", "63"]),
            st.text(alphabet="abcXYZ019.,-/ 가물품付款", min_size=1, max_size=30),
        ),
        min_size=1,
        max_size=14,
    ),
)
def test_it_loses_no_word_of_a_narrative(sign: str, fields: list[tuple[str, str]]) -> None:
    whole = "166" + "".join(sign + number + text for number, text in fields)
    lines = [whole[at : at + LINE_WIDTH] for at in range(0, len(whole), LINE_WIDTH)]
    found = understand("\n".join(lines))
    kept = re.sub(r"\s", "", "".join(found))
    for _, text in fields:
        assert re.sub(r"\s", "", text) in kept
