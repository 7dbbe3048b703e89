# fmt: off
# ruff: noqa
"""Check a proof file of Moa on a computer of one's own: python verify_proof.py FILE [--seal DATE=HEX]…

It needs Python 3.8 or newer and nothing else; format.md specifies the file, so that anybody can write another verifier.
It ends with 0 when everything holds, with 1 when something does not, and names the line. Without --seal the file is
consistent in itself only; the seals that left the house at the closings (that of the last day covers all) tell the rest.
"""

import argparse
import gc
import json
import re
import sys
from datetime import date as Date
from hashlib import sha256

DAY = ("day", "account", "voucher", "total", "bank", "line", "difference")
AFTER = {"proof": (None,), "balance": ("proof", "balance"), "before": ("proof", "balance"), "day": ("before", "seal"),
         "account": DAY[:2], "voucher": DAY[:3], "total": DAY[:4], "bank": DAY, "line": DAY[4:6], "difference": DAY[4:],
         "seal": DAY, "end": ("seal",)}  # what each line may stand after
HEAD = {"group", "book", "currency", "from", "to"}
SEAL = HEAD - {"from", "to"} | {"date", "revision", "previous", "closed_at", "vouchers", "entries", "root", "balances"}
ACCOUNT, VOUCHER = [str] * 4 + [int] * 3, [str] * 6 + [int] * 3
STRING, MOMENT = re.compile(r'"(?:[^"\\]|\\.)*"'), re.compile(r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}\.[0-9]{6}Z").fullmatch
as_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def ask(holds, said, *facts):
    if not holds:
        raise ValueError(said % facts)


def are(kind, *values):
    return all(type(one) is kind and (kind is str or -1 << 63 < one < 1 << 63) for one in values)


def root_of(level):
    """The root of the tree over the day's lines: a node is SHA-256(01 left right), one left over goes up unchanged."""
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2])] + odd
    return level[0]


class Account:  # where it stands; `sheet` is its subject's, `line` its line among the balances as of entry `line_n`
    __slots__ = ("kind", "n", "balance", "sheet", "line", "line_n")


class Verifier:
    """The state of the book after each line of the file."""

    def __init__(self, held):
        self.held, self.seen, self.last, self.seal = held, {}, None, None  # seals: the auditor's, by date, the last
        self.number, self.chain, self.former, self.day, self.at = 0, b"", None, None, ("", 0)
        self.accounts, self.ordered, self.code, self.sheets, self.kinds, self.dates = {}, [], "", {}, {}, set()
        self.ids, self.taken_back, self.banks, self.bank = set(), set(), {}, ("", 0, 0)
        self.vouchers = self.entries = self.days = self.bank_days = self.missing = self.differences = 0

    def on_proof(self, version, head):
        ask(version == 1 and set(head) == HEAD and are(str, *head.values()), "this is no proof of version 1")
        self.head, self.home = head, head["currency"]

    def on_balance(self, code, name, subject, currency, side, n, balance):
        right = [*map(type, (code, name, subject, currency, side, n, balance))] == ACCOUNT and side * side == 1 and n >= 0
        ask(right and code > self.code and -1 << 63 < balance < 1 << 63, "account %s is none, or out of order", code)
        self.code, self.accounts[code] = code, (account := Account())
        account.kind, account.n, account.balance = self.kinds.setdefault(kind := (subject, currency, side), kind), n, balance
        account.sheet = self.sheets.setdefault((subject, currency), [0, 0, 0])  # what the day begins with, debits, credits
        account.sheet[0] += balance
        account.line, account.line_n = b"[" + self.body[11:-2] + (b"]\n" if self.day is None else b",0,0]\n"), n

    def on_before(self, facts):
        """The seal of the last day before, or nothing where the book begins."""
        for currency in {currency for _, currency in self.sheets}:
            rest = sum(sheet[0] for key, sheet in self.sheets.items() if key[1] == currency)
            ask(rest == 0 and facts, "the balances in %s add up to %s, or none is due", currency, rest)
        if facts is not None:
            self.keep(facts)

    def on_day(self, date, revision):
        last = self.last or {"date": "", "revision": 0}
        right = revision == 1 if date > last["date"] else (date, revision) == (last["date"], last["revision"] + 1)
        ask(right and str(Date.fromisoformat(date)) == date, "%s, %s, does not follow %s", date, revision, last["date"])
        ask(self.days or date == self.head["from"], "the file begins at %s, its head says otherwise", date)
        self.day, self.revision, self.leaves, self.code, self.told, self.totals = date, revision, [], "", set(), {}
        self.before, self.days = [self.vouchers, self.entries], self.days + 1

    def on_account(self, code, name, subject, currency, side):
        """An account that is new, or has another name now."""
        known = self.accounts.get(code)
        if known is None:
            return self.on_balance(code, name, subject, currency, side, 0, 0)
        ask(are(str, name) and code > self.code and known.kind == (subject, currency, side), "account %s is another", code)
        self.code, known.line, known.line_n = code, b"[" + self.body[11:-2] + b",,", None

    def on_voucher(self, number, recorded_at, key, origin, maker, checker, order, request, reverses, kind, source, memo, legs):
        kinds = [*map(type, (recorded_at, key, origin, kind, source, memo, number, maker, request or 0))]
        later = kinds == VOUCHER and (recorded_at, number) > self.at and MOMENT(recorded_at)
        ask(later and number not in self.ids, "voucher %s is none, or stands twice or before its turn", number)
        by_two = order is None and type(checker) is int and checker != maker
        ask(by_two or (checker is None and type(order) is str), "nobody but its maker answers for voucher %s", number)
        if reverses is not None:
            ask(are(int, reverses) and reverses not in self.taken_back, "voucher %s is taken back twice", reverses)
            self.taken_back.add(reverses)
        self.at = (recorded_at, number)
        self.ids.add(number)
        accounts, home, dates, total, worth, sums = self.accounts, self.home, self.dates, 0, 0, {}
        for code, n, side, amount, value, value_date, after in legs:
            account = accounts[code]
            strange = side * side != 1 or amount == 0 or not -1 << 63 < after < 1 << 63
            if strange or n != account.n + 1 or after != account.balance + amount:
                raise ValueError("entry %s of account %s leaves %s: entry %s left %s, and it adds %s in column %s"
                                 % (n, code, after, account.n, account.balance, amount, side))
            currency = account.kind[1]
            if currency == home:
                if value != amount:
                    raise ValueError("entry %s of account %s is worth %s" % (n, code, value))
                total += amount
            else:
                worth, sums[currency] = worth + (0 if value is None else value), sums.get(currency, 0) + amount
            if value_date not in dates:
                ask(str(Date.fromisoformat(value_date)) == value_date, "%s is no date", value_date)
                dates.add(value_date)
            account.n, account.balance = n, after
            account.sheet[side] += amount  # 1 debits, -1 the last, credits
        ask(len(legs) > 1 and total == worth == 0 and not any(sums.values()), "voucher %s does not balance", number)
        self.vouchers += 1
        self.entries += len(legs)

    def on_total(self, subject, currency, *figures):
        ask(are(int, *figures) and (subject, currency) not in self.totals, "a second total of %s", subject)
        self.totals[subject, currency] = list(figures)

    def on_bank(self, name, code, opening, closing, ledger, files):
        """What the bank said at the end of the day beside what the book did. Its lines and the differences follow."""
        self.end_bank()
        right = are(str, name) and name not in self.told and self.accounts[code].balance == ledger
        ask(right, "bank account %s is told twice, or the book has another balance", name)
        self.told.add(name)
        self.bank_days, self.missing = self.bank_days + 1, self.missing + (not files)
        day, first, final = self.banks.setdefault(name, (None, None, None))
        if not files:
            ask(opening is None and closing is None, "bank account %s is missing and yet says something", name)
            return say("%s: no statement of bank account %s" % (self.day, name))
        ask(are(int, opening, closing) and all(len(bytes.fromhex(one)) == 32 for one in files), "it is no statement")
        ask((first if day == self.day else final) in (opening, None), "bank account %s opens at %s after %s", name, opening, final)
        self.banks[name], self.bank = (self.day, opening, closing), [name, closing - opening, closing - ledger]

    def on_line(self, name, amount, reference, booked_on, text):
        ask(name == self.bank[0] and are(int, amount) and are(str, reference, booked_on, text), "%s has no such line", name)
        self.bank[1] -= amount

    def on_difference(self, name, kind, reference, amount, since):
        said = are(str, reference, since) and reference and kind in ("line", "voucher") and since <= self.day
        ask(name == self.bank[0] and are(int, amount) and said, "a difference of %s says nothing", name)
        self.bank[2] -= amount
        self.differences += 1

    def end_bank(self):
        ask(not any(self.bank[1:]), "bank %s: %s is not in its lines, %s not in the listed differences", *self.bank)
        self.bank = ("", 0, 0)

    def on_seal(self, facts):
        self.end_bank()
        mine = {key: [*sheet, sum(sheet)] for key, sheet in self.sheets.items() if any(sheet[1:])}
        ask(mine == self.totals, "the totals of these subjects are others: %s",
            [key for key in {**mine, **self.totals} if mine.get(key) != self.totals.get(key)])
        for sheet in self.sheets.values():
            sheet[:] = [sum(sheet), 0, 0]
        ask(set(self.banks) == self.told, "a bank account is passed over: %s", sorted(set(self.banks) - self.told))
        right = (facts["date"], facts["revision"], facts["previous"]) == (self.day, self.revision, self.seal)
        ask(right, "the seal is of another day, or does not follow the one before")
        counts = [self.vouchers - facts["vouchers"], self.entries - facts["entries"]]
        ask(counts == self.before and facts["root"] == root_of(self.leaves).hex(), "the lines of the day are not those sealed")
        self.keep(facts)
        self.day = None

    def keep(self, facts):
        """Take a seal. Its hex is the SHA-256 of its JSON object as it is written."""
        ask(set(facts) == SEAL and all(facts[one] == self.head[one] for one in HEAD & SEAL), "the seal is of another book")
        ask(facts["closed_at"] > self.at[0] and MOMENT(facts["closed_at"]), "the seal is older than its day")
        if len(self.ordered) != len(self.accounts):
            self.ordered = [account for _, account in sorted(self.accounts.items())]
        for account in self.ordered:
            if account.line_n != account.n:
                account.line = account.line.rsplit(b",", 2)[0] + b",%d,%d]\n" % (account.n, account.balance)
                account.line_n = account.n
        balances = sha256(b"".join([account.line for account in self.ordered])).hexdigest()
        ask(facts["balances"] == balances, "the balances are not those that were sealed")
        self.last, self.seal, self.at = facts, sha256(as_text(facts).encode()).hexdigest(), (facts["closed_at"], 0)
        self.seen.setdefault(facts["date"], []).append(self.seal)

    def on_end(self, lines):
        ask(lines == self.number - 1 and self.last["date"] == self.head["to"], "the file should end at %s", self.head["to"])

    def run(self, source):
        """Each line: eight signs of the digest of all up to it, a space, and a JSON list that begins with what it is."""
        read = json.JSONDecoder(parse_float=int, parse_constant=int).scan_once  # int refuses both
        acts = {name: getattr(self, "on_" + name) for name in AFTER}
        for line in source:
            self.number, self.body = self.number + 1, line[9:]
            leaf = sha256(b"\x00" + self.body).digest()
            self.chain = sha256(self.chain + leaf).digest()
            ask(line[:9] == self.chain[:4].hex().encode() + b" ", "the line, or one before it, is not as it was written")
            text = self.body.decode()
            (name, *values), end = read(text, 0)
            ask(text[end:] == "\n", "the line does not end where it should")
            if "{" in text or "\\" in text or "true" in text or "false" in text:  # what could be written in two ways
                right = text == as_text([name, *values]) + "\n" and "e" not in STRING.sub("", text)  # neither true nor false
                ask(right, "the line is not written in the one way there is")
            ask(self.former in AFTER[name], "%s stands after %s", name, self.former)
            acts[name](*values)
            self.former = name
            if self.day is not None:
                self.leaves.append(leaf)
        ask(self.former == "end", "the file was cut off")
        for date, seal in self.held:
            ask(seal in self.seen.get(date, ()), "the seal of %s is %s, not the one you hold", date, self.seen.get(date))


def say(text):
    sys.stdout.write("".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text) + "\n")


def main():
    parser = argparse.ArgumentParser(description="Check a proof file of Moa.")
    parser.add_argument("file")
    parser.add_argument("--seal", action="append", default=[], metavar="DATE=HEX", help="a seal you hold")
    asked = parser.parse_args()
    verifier = Verifier([seal.strip().lower().partition("=")[::2] for seal in asked.seal])
    gc.disable()
    try:
        with open(asked.file, "rb") as source:
            verifier.run(source)
    except Exception as wrong:
        said = wrong if type(wrong) is ValueError or isinstance(wrong, OSError) else "it is not a line of this format (%r)" % wrong
        say("WRONG at line %s, day %s: %s" % (verifier.number, verifier.day, said))
        return 1
    say("Book %(book)s of %(group)s from %(from)s to %(to)s, %(vouchers)s vouchers, %(entries)s entries, %(days)s closings,"
        " %(bank_days)s bank days (%(missing)s without a statement, %(differences)s listed differences), last seal %(seal)s:"
        " all holds" % {**vars(verifier), **verifier.head})
    rest = "" if verifier.seal in {seal for _, seal in verifier.held} else " What follows the last of them is consistent in itself only."
    say("Compared with your seals of %s.%s" % (", ".join(date for date, _ in verifier.held), rest) if verifier.held
        else "No seal was given: the file is consistent in itself only.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
