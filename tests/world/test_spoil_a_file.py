"""The files on the side: one refused for seven faults, one of an account that nobody registered."""

from __future__ import annotations


def _lines(made):
    (file,) = made.files("bad")
    return file, made.contents[file["path"]].split(b"\r\n")


def test_each_fault_stands_on_the_line_and_in_the_words_that_the_manifest_tells(made):
    file, lines = _lines(made)
    assert len(file["faults"]) == 7
    assert len({fault["line"] for fault in file["faults"]}) == 7
    for fault in file["faults"]:
        line = lines[fault["line"] - 1]
        if fault["fault"] == "a column missing":
            assert len(line.decode("cp949").split(",")) == int(fault["value"]) == 8
        elif fault["fault"] == "bytes outside CP949":
            assert b"\x8f\xff" in line
        else:
            assert fault["value"].encode("cp949") in line.split(b",")


def test_only_the_broken_line_cannot_be_decoded(made):
    file, lines = _lines(made)
    broken = []
    for number, line in enumerate(lines, 1):
        try:
            line.decode("cp949")
        except UnicodeDecodeError:
            broken.append(number)
    assert broken == [fault["line"] for fault in file["faults"] if fault["fault"] == "bytes outside CP949"]


def test_the_refused_file_is_the_one_that_would_fill_the_missing_day(made):
    (file,) = made.files("bad")
    gaps = [gap for gap in made.manifest["missing"] if gap["reason"] == "refused_file"]
    assert [(gap["account"], gap["date"], gap["file"]) for gap in gaps] == [
        (file["accounts"][0], file["from"], file["path"])
    ]


def test_the_unknown_account_s_file_is_sound_and_names_an_account_outside_the_group(made, told):
    (file,) = made.files("unknown_account")
    (statement,) = told[file["path"]]
    assert statement.account == file["new_account"]["number"]
    assert statement.account not in {account["number"] for account in made.manifest["accounts"]}
    assert statement.opening + sum(row.amount for row in statement.rows) == statement.closing
    assert len(statement.rows) == file["entries"] > 5
    assert file["encoding"] == "gb18030"
