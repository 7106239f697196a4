"""Judges of dialogues, and what they are told: of each test what the reference says in it, changed by a Plan."""

import fnmatch
import json
import os
import random

from built import HERE, Exercise
from hostile import Plan, Truth
from player import Dialogue, Reference, Server, Servers, line_bytes

PATIENCE_MS = 5000
RECORD_SECONDS = 20
SEEDS = 3  # small ones recorded of each test, and one as it is
LONG = 50000  # lines of one start; a longer truth only costs time
AS_IT_IS = 0.02  # of the dialogues are with a test as it is, the others with a smaller one
MADE_SMALL = 0.02  # of the failures are played again and again, until the judge has made them small
SHORT = 300  # lines; a test that is so much longer comes half as often
SIZE_MIN = 4  # what counts less stays
NO_SIZES = ("patience_ms", "rehearsals", "load")  # of the parameters that are numbers


def smaller(params, random):
    """The parameters of the same test, with less to do. Sizes are numbers; of a list of names in one text, one."""
    divisor = random.choice([2, 5, 10, 20])
    small = dict(params)
    for name, value in params.items():
        if isinstance(value, int) and not isinstance(value, bool) and name not in NO_SIZES and value > SIZE_MIN:
            small[name] = max(SIZE_MIN, value // divisor)
        elif isinstance(value, str) and " " in value:
            small[name] = random.choice(value.split())
    return small


class Known:
    """A truth as a plan."""

    def __init__(self, truth):
        self.truth, self.starts, self.more, self.stays = truth, truth.starts, None, True


class Recorded:
    """A test, with a seed, and what the reference does in it."""

    def __init__(self, exercise, test, seed, server, argv, statement, as_it_is):
        self.exercise, self.test, self.seed, self.as_it_is = exercise.id, test["id"], seed, as_it_is
        params = dict(test.get("params", {}))
        if not as_it_is:
            params = smaller(params, random.Random(seed))
        self.params = {"type": "params", "test": test["id"], "seed": seed, "repetition": 0, "baseline": False,
                       "history_bytes": 0, "params": params}
        reference = Reference(argv)
        outcome = Dialogue(server, self.params, reference, RECORD_SECONDS).run()
        self.outcome = outcome
        reference.folder.cleanup()
        self.truth = Truth([start[:LONG] for start in reference.starts], outcome.sent, statement)
        self.lines = sum(map(len, reference.starts))
        params["patience_ms"] = min(params.get("patience_ms", PATIENCE_MS), PATIENCE_MS)
        if outcome.kind == "pass":
            self.outcome = server.play(self.params, Known(self.truth), RECORD_SECONDS)


class Recorder:
    """Of each test that there is to record, a Recorded. It is called in other processes."""

    def __init__(self, options, judges):
        self.options, self.judges = options, judges

    def __call__(self, task):
        exercise, argv, test, number = task
        with open(os.path.join(exercise.folder, "README.md")) as file:
            statement = file.read()
        seed = random.Random(f"{self.options.seed}:{test['id']}:{number}").getrandbits(40)
        server = Server(self.judges[exercise.id])
        recorded = Recorded(exercise, test, seed, server, argv, statement, number == 0)
        server.close()
        return recorded

    def all(self, found, pool):
        references = {exercise.id: exercise.reference() for exercise in found}
        tasks = [(exercise, references[exercise.id], test, number)
                 for exercise in found for test in exercise.tests() for number in range(SEEDS + 1)]
        random.Random(self.options.seed).shuffle(tasks)
        made = pool.map(self, tasks[:self.options.recordings], chunksize=1)
        # What is too small can be passed by nobody, or by whoever says nothing.
        made = [one for one in made if one.as_it_is or (one.outcome.kind == "pass" and one.lines > 0)]
        for one in made:
            if one.outcome.kind != "pass":
                text = one.outcome.message or one.outcome.log[-300:]
                print(f"  {one.exercise} {one.test}, {one.params['params']}: as played here the reference does not pass, so a"
                      f" pass would be none: {one.outcome.kind}: {text.splitlines()[0] if text else ''}")
        return made


def is_free(free, recorded, name):
    """An answer before its question is nothing that can be told from one that is quick."""
    test = f"{recorded.exercise} {recorded.test}"
    return name == "early" or any(fnmatch.fnmatchcase(name, rule) for tests, rules in free.items()
                                  if fnmatch.fnmatchcase(test, tests) for rule in rules)


class Dialogues:
    """Judges of dialogues, played to again and again; one() is the dialogue of a number."""

    noun, letter, slice = "dialogues", "", 100  # slice: as many are told together

    def __init__(self, options, found):
        self.options, self.count = options, options.count
        self.found = [exercise for exercise in found if exercise.is_dialogue()]
        self.judges, self.recorded, self.weights, self.servers = {}, {}, {}, Servers()
        with open(os.path.join(HERE, "free.json")) as file:
            self.free = json.load(file)

    def prepare(self, pool):
        """Build judges and references, and record these."""
        self.judges = dict(zip([exercise.id for exercise in self.found], pool.map(Exercise.judge, self.found, chunksize=1)))
        recorded = Recorder(self.options, self.judges).all(self.found, pool)
        self.recorded = {as_it_is: [one for one in recorded if one.as_it_is == as_it_is] for as_it_is in (True, False)}
        self.weights = {which: [1 / (SHORT + one.lines) for one in ones] for which, ones in self.recorded.items()}

    def one(self, number):
        choose = random.Random(f"{self.options.seed}:{number}")
        which = bool(self.recorded[True]) and (choose.random() < AS_IT_IS or not self.recorded[False])
        recorded = choose.choices(self.recorded[which], self.weights[which])[0]
        if not recorded.truth.packed:
            recorded.truth.pack(line_bytes)
        plan = Plan(choose, recorded.truth)
        params = dict(recorded.params)
        if choose.random() > MADE_SMALL:
            params["params"] = dict(params["params"], rehearsals_max=0)
        outcome = self.servers[self.judges[recorded.exercise]].play(params, plan, PATIENCE_MS / 1000 + 20)
        outcome.expected = outcome.kind == "fail" or (outcome.kind == "pass" and (
            plan.same or is_free(self.free, recorded, plan.free)))
        return recorded, plan, outcome

    def names(self, plan):
        """What was done, and in the words of free.json."""
        return plan.name, plan.free

    def show(self, recorded, plan):
        print(f"{recorded.exercise}, test {recorded.test}, seed {recorded.seed}: {plan.name} ({plan.free}), from line"
              f" {plan.changed_at}")
        for start, lines in enumerate(plan.starts):
            for at, (after, data, then) in enumerate(lines):
                true = recorded.truth.starts[start][at:at + 1] if start < len(recorded.truth.starts) else []
                if not true or true[0][1] != data or then:
                    print(f"  start {start}, after {after} lines: {data[:300]!r}{f', then {then}' if then else ''}")
                    if true:
                        print(f"    the truth: {true[0][1][:300]!r}")
                    break
