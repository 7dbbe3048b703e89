"""One seed after the other: the same plan without kills and with them, checked after each round, compared at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from moa.entry.commands.world import ask
from moa.entry.simulation.checking import COUNTED, DIFFERS, ERROR, Checker, Finding, is_over, next_day
from moa.entry.simulation.plan import FIRST_DAY, Plan, plan_of
from moa.entry.simulation.plants import CAUGHT_AS
from moa.entry.simulation.scene import make_scene
from moa.entry.simulation.windows import WINDOWS, Kill, kills_of
from moa.entry.simulation.worker import Worker
from moa.entry.simulation.world_process import WorldProcess, banks_of_its_own
from moa.entry.startup import close_connections
from moa.kernel.calendar_data import published_calendar
from moa.payments.bank_reading import COUNTRY

_BEFORE_FIRST = timedelta(minutes=30)


@dataclass(slots=True)
class Run:
    """How one run went. Shape: `end` by what it ended with, to be compared."""

    findings: list[Finding]
    end: dict[str, Any]
    kills: list[str] = field(default_factory=list)
    faults: int = 0


@dataclass(slots=True)
class Totals:
    """Over all seeds."""

    seeds: int = 0
    payments: int = 0
    kills: int = 0
    faults: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "seeds": self.seeds, "payments": self.payments, "kills": self.kills, "faults": self.faults,
            **{name: self.problems[problem] for problem, name in COUNTED.items()}, "failures": self.failures,
        }  # fmt: skip


def simulate(
    seeds: Sequence[int], payments: int, *, planted: str = "", told: Callable[[int, int, list[str]], None] = lambda *_: None
) -> Totals:  # fmt: skip
    """Needs a database with its tables. `told` hears the seed, how many failures it has, and where it was killed."""
    totals = Totals()
    warm_up()
    with _Beside(planted) as beside, banks_of_its_own() as world:
        for seed in seeds:
            before = len(totals.failures)
            plan = plan_of(seed, payments)
            beside.begin(plan)
            killed = run_plan(world, plan, kills_of(seed, payments), planted)
            _add(totals, plan, beside.result(), killed, planted)
            told(seed, len(totals.failures) - before, killed.kills)
    return totals


def warm_up() -> None:
    """What a worker would load at its first payment is loaded before it is forked: it is forked anew after each kill."""
    for module in ("moa.formats.swift.mt940", *{module for module, _, _ in WINDOWS}):
        import_module(module)
    "은행".encode("euc_kr")
    published_calendar(COUNTRY).year_of(FIRST_DAY.year)


class _Beside:
    """The runs without kills, with banks of their own, in a process of their own: each seed takes two processors."""

    def __init__(self, planted: str) -> None:
        self.planted = planted

    def __enter__(self) -> _Beside:
        close_connections()
        forking = get_context("fork")
        self._pipe, theirs = forking.Pipe()
        self._process = forking.Process(target=self._live, args=(theirs, self._pipe))
        self._process.start()
        theirs.close()
        return self

    def __exit__(self, *fault: object) -> None:
        self._pipe.close()
        self._process.join()

    def begin(self, plan: Plan) -> None:
        self._pipe.send(plan)

    def result(self) -> Run:
        """Raises: RuntimeError when it could not be run at all."""
        try:
            said = self._pipe.recv()
        except EOFError:
            raise RuntimeError("the run without kills has ended by itself") from None
        assert isinstance(said, Run)
        return said

    def _live(self, pipe: Connection, parents: Connection) -> None:
        parents.close()
        with banks_of_its_own() as world, suppress(EOFError, ConnectionError):
            while True:
                pipe.send(run_plan(world, pipe.recv(), (), self.planted))


def _add(totals: Totals, plan: Plan, calm: Run, killed: Run, planted: str) -> None:
    found: dict[tuple[str, int, str], tuple[Finding, str]] = {}
    for findings, run in ((calm.findings, "without kills"), (killed.findings, "with kills")):
        for one in findings:
            found.setdefault(one.matter, (one, run))
    if not killed.kills and not planted:
        never = Finding(ERROR, 0, "the process was never killed")
        found[never.matter] = (never, "with kills")
    # What is wrong on purpose is seen before the end, and ends the run.
    for one in _differences(calm.end, killed.end) if calm.end and killed.end else ():
        found[one.matter] = (one, "with kills")
    replay = f"moa simulate payments --seeds 1 --first-seed {plan.seed} --payments {len(plan.payments)}"
    for one, run in found.values():
        totals.problems[one.problem] += 1
        totals.failures.append({
            "seed": plan.seed, "problem": one.problem, "payment": one.payment, "what": one.what, "at": one.at, "run": run,
            "kills": killed.kills, "replay": replay + (f" --plant {planted}" if planted else ""),
        })  # fmt: skip
    totals.seeds += 1
    totals.payments += len(plan.payments)
    totals.kills += len(killed.kills)
    totals.faults += calm.faults + killed.faults


def run_plan(world: WorldProcess, plan: Plan, kills: Sequence[Kill], planted: str) -> Run:
    """One run in a group of its own, until every payment has its outcome or the days are over."""
    start = plan.steps[0].at - _BEFORE_FIRST
    world.begin_anew(plan.seed, start)
    scene = make_scene(world.state(), world.ports, start)
    checker = Checker(plan, scene)
    worker = Worker(plan, scene, kills, planted)
    struck, taken, errors = 0, 0, []
    caught = False
    next_on = plan.first_day
    try:
        for step in plan.steps:
            if step.at.date() < next_on:
                continue
            struck += _move_on(world, step)
            statements = world.statements()
            fault = worker.work(step, statements[taken:])
            if step.takes_statements and not fault:
                taken = len(statements)
            if fault:
                errors.append(Finding(ERROR, 0, fault, f"{step.at:%Y-%m-%dT%H:%M}"))
                if len(errors) > 3:
                    break
            checker.after_round(step.at)
            if caught := bool(planted) and checker.has_found(CAUGHT_AS[planted]):
                break
            if step.takes_statements and step.number > plan.last_with_news and is_over(plan, scene, step.at):
                # What comes again is waited for; the days until then pass without us.
                if (day := next_day(scene, step.at)) is None:
                    break
                next_on = day
        end = {} if caught else checker.at_end(step.at)
    finally:
        worker.end()
    struck += world.struck()
    return Run([*checker.findings.values(), *errors], end, worker.killed_in, struck)


def _move_on(world: WorldProcess, step: Any) -> int:
    """The banks' clock goes to the round; their troubles end, and others begin. Shape: how many faults had struck."""
    world.step_to(step.at)
    struck = world.struck()
    ask("DELETE", "/faults")
    for trouble in step.troubles:
        ask("POST", "/faults", trouble)
    return struck


def _differences(calm: dict[str, Any], killed: dict[str, Any]) -> list[Finding]:
    """A run with kills ends as the one without."""
    found = []
    for number, state in calm["payments"].items():
        other = killed["payments"].get(number)
        if other != state:
            found.append(Finding(DIFFERS, number, f"{state} without kills, {other} with them"))
    for what in ("balances", "banks"):
        for name, minor in calm[what].items():
            if killed[what].get(name) != minor:
                found.append(
                    Finding(DIFFERS, 0, f"{name} {minor} without kills, {killed[what].get(name)} with them")
                )
    return found
