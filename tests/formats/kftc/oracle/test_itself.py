"""The oracle is only as good as its own arithmetic: printed examples, and whole files."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.formats.kftc.oracle import files, material, pictures
from tests.formats.kftc.oracle.mutations import mutations
from tests.formats.kftc.oracle.verdict import Fault, Mutation, disagreements

# Registered companies' numbers, as their own pages print them.
REGISTERED = (
    "1168200276",
    "1348672683",
    "2208162517",
    "1208800767",
    "1048126067",
    "1248100998",
    "1208147521",
)


@pytest.mark.parametrize("number", REGISTERED)
def test_it_finds_the_check_digit_of_a_registered_company(number: str) -> None:
    assert material.check_digit(number[:9]) == number[9]


@pytest.mark.parametrize("kind", files.KINDS)
@pytest.mark.parametrize("seed", range(20))
def test_it_makes_files_whose_parts_are_whole(kind: str, seed: int) -> None:
    records = files.records_of(kind, seed)
    length = files.RECORD_LENGTHS[kind]
    assert all(len(one) % length == 0 for one in records)
    counted = int(records[-1][35:42] if kind == "EI13" else records[-1][27:35])
    assert counted == len(records) - 2 >= 12


@pytest.mark.parametrize("kind", files.KINDS)
def test_it_names_at_least_sixty_kinds_of_fault(kind: str) -> None:
    made = list(mutations(kind, 1))
    assert max(Counter(one.name for one in made).values()) == 1
    assert sum(bool(one.faults) for one in made) >= 60
    contents = Counter(one.content for one in made if one.faults)
    assert max(contents.values()) == 1


def test_it_pads_pictures_to_the_byte() -> None:
    assert len(pictures.picture_of_size(307_201)) == 307_201


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        ([("0088", 2, "account_no")], []),
        ([("0089", 2, "account_no")], ["missing", "too much"]),
        ([("0088", 3, "account_no")], ["missing", "too much"]),
        ([("0088", 2, "payer_no")], ["missing", "too much"]),
        ([("0088", 2, "account_no"), ("0088", 2, "account_no")], ["said"]),
        ([("0088", 2, "account_no"), ("count_mismatch", 9, "total_count")], ["too much"]),
        ([], ["missing"]),
    ],
)
def test_it_hears_what_is_missing_and_what_is_too_much(
    reported: list[tuple[str, int | None, str]], said: list[str]
) -> None:
    one = Mutation("", b"", (Fault("0088", 2, "account_no"),))
    sentences = disagreements(one, reported)
    assert len(sentences) == len(said)
    assert all(sentence.startswith(start) for sentence, start in zip(sentences, said, strict=True))
