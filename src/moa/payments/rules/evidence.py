"""What is proven by what a bank says, and when it is asked again: the rule that no outcome is guessed. Source: DESIGN §1.1, §6.

Every answer comes to one move of an attempt (lifecycle.ATTEMPT), or to none. A transfer that was not answered is lost, not
failed; that a bank knows of none proves nothing while the request can still arrive.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

PROVE_PAID, PROVE_FAILED, ACKNOWLEDGE, LOSE, NOTHING = "prove_paid", "prove_failed", "acknowledge", "lose", ""
GIVE_BACK = "give_back"
# What is said of a try whose proofs cannot both be true.
CONTRADICTS = "evidence_contradicts"

# The answer to a transfer, by the words of a channel.
_OF_TRANSFER = {
    "done": PROVE_PAID, "refused": PROVE_FAILED, "not_sent": PROVE_FAILED, "in_process": ACKNOWLEDGE, "no_record": LOSE,
    "unclear": LOSE, "silence": LOSE,
}  # fmt: skip
# The answer to the question what became of it. That the question was not answered says nothing.
_OF_INQUIRY = {"done": PROVE_PAID, "refused": PROVE_FAILED, "in_process": ACKNOWLEDGE}

FIRST_INQUIRY, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
# A bank's clock may go slow against ours by so much when it opens, and from its closing to its opening besides.
CLOCKS_DIFFER = timedelta(minutes=10)


def judge_transfer(answered: str) -> str:
    """The move after the transfer's own answer."""
    return _OF_TRANSFER.get(answered, LOSE)


def judge_inquiry(found: str, *, can_arrive: bool, was_returned: bool = False) -> str:
    """The move after an inquiry; empty where nothing more is known than before.

    `was_returned`: the bank's refusal says that it was debited and given back, which is another thing than never debited.
    """
    if found == "no_record":
        return NOTHING if can_arrive else PROVE_FAILED
    if found == "refused" and was_returned:
        return GIVE_BACK
    return _OF_INQUIRY.get(found, NOTHING)


def request_can_arrive(sent_on: date, now: datetime, opens_at: time) -> bool:
    """Whether the bank's day on which it was sent may still be open. Shape: `now` and `opens_at` in the bank's time zone."""
    return now < arrives_until(sent_on, opens_at, now.tzinfo)


def arrives_until(sent_on: date, opens_at: time, zone: tzinfo | None) -> datetime:
    """Until when the bank's day on which it was sent may still be open.

    Day rule: the day counts until the bank opens the next one, and as much longer as clocks may differ: a bank whose clock is
    slow closes late, and until it opens again nothing could be paid anew anyway. One whose clock is slower than that says so
    itself: `bank_lets_end`.
    """
    return datetime.combine(sent_on + timedelta(days=1), opens_at, tzinfo=zone) + CLOCKS_DIFFER


def bank_lets_end(sent_on: date, banks_day: date | None) -> bool:
    """Whether the bank's own word of its day lets the one on which it was sent be over.

    A bank may close hours late by our clock, and what was sent arrives until then. Where it shows no day of its own (None: over
    HTTP an answer without a moment), our clock is all there is, and `request_can_arrive` decides alone.
    """
    return banks_day is None or banks_day > sent_on


def pause_before(inquiries: int) -> timedelta:
    """How long to wait before the next inquiry, after so many. It grows, is never longer than an hour, and never ends."""
    if inquiries < 0:
        raise ValueError("inquiries are counted from nothing")
    return min(FIRST_INQUIRY * 2 ** min(inquiries, 10), LONGEST_PAUSE)
