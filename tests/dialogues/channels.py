"""Judges of exercises with an interface in C, played to again and again by a candidate that says what is not so.

The parameters of each test are fixed by the seed alone, and so is what is done to it; when the threads of the reference
come to it is theirs.
"""

import fnmatch
import json
import os
import random

from built import HERE
from channel import Driver, Play
from interface import INTERFACES
from meddler import Meddler
from noise import NoProgram, Noise
from player import Servers

PATIENCE_MS = 5000
BUSY_MS = 1200  # of patience for a program that only computes
SECONDS = 25  # and then a judge hangs
AS_IT_IS = 8  # one of so many blocks is with a test as it is, the others with a smaller one
REHEARSALS = 3
HISTORY_KIB = (2048, 8192)  # tried before what the test has
NOISE = 0.05  # of the plays are without a driver
SIZE_MIN = 3
NO_SIZES = ("patience_ms", "jump_s", "min", "max")


def smaller(params, choose):
    """The parameters of the same test, with less to do: one entry of each list, the same one of all that go together."""
    divisor, place = choose.choice([2, 5, 10, 20]), choose.random()
    small = dict(params)
    for name, value in params.items():
        if isinstance(value, list):
            small[name] = [value[int(place * len(value))]]
        elif isinstance(value, int) and name not in NO_SIZES and value > SIZE_MIN:
            small[name] = max(SIZE_MIN, value // divisor)
    return small


class Untouched(Meddler):
    """Of the truth, to count its replies."""

    def __init__(self, interface):
        super().__init__(random.Random(0), interface, 1)
        self.kind = "nothing"


class Test:
    """A test as it is played, and how many replies the reference gives in it."""

    def __init__(self, exercise, test, number, seed):
        self.exercise, self.test, self.number = exercise, test["id"], number
        choose = random.Random(f"{seed}:{test['id']}:{number}")
        params = dict(test["params"])
        if number % AS_IT_IS != AS_IT_IS - 1:
            params = smaller(params, choose)
        params["patience_ms"] = min(params["patience_ms"], PATIENCE_MS)
        self.params = {"type": "params", "test": self.test, "seed": choose.getrandbits(40), "repetition": 0,
                       "baseline": False, "history_bytes": 0, "params": params}
        self.sizes = [kib for kib in HISTORY_KIB if kib < test["history_kib"]] + [test["history_kib"]]
        self.replies, self.outcome = None, None

    def rehearse(self, server, make_driver, interface):
        """Have the reference play it: .replies are there if it passed."""
        for kib in self.sizes:
            self.params["history_bytes"] = kib * 1024
            for _ in range(REHEARSALS):
                play = Play(server, self.params, make_driver, Untouched(interface), SECONDS)
                self.outcome = play.run()
                if self.outcome.kind != "fail":
                    break
            if self.outcome.kind == "pass":
                self.replies = play.replies
            if self.outcome.kind != "broken":  # as it is where the history has not the room
                return


class Channels:
    """Plays at the channels of judges; one() is the play of a number. A block of them is of the same test."""

    noun, letter, slice = "plays at channels", "c", 10

    def __init__(self, options, found):
        self.options, self.count = options, options.channels
        self.found = [exercise for exercise in found if exercise.id in INTERFACES]
        self.tests = [(exercise.id, test) for exercise in self.found for test in exercise.tests()]
        random.Random(options.seed).shuffle(self.tests)
        self.paths, self.servers, self.block, self.test = {}, Servers(), None, None
        with open(os.path.join(HERE, "free_channels.json")) as file:
            self.free = json.load(file)

    def prepare(self, pool):
        built = {exercise.id: (pool.apply_async(exercise.judge, ("-O0",)), pool.apply_async(exercise.driver))
                 for exercise in self.found}
        self.paths = {id: (judge.get(), driver.get()) for id, (judge, driver) in built.items()}

    def _server(self, exercise):
        return self.servers[self.paths[exercise][0]]

    def _driver(self, exercise):
        return lambda history_fd: Driver(self.paths[exercise][1], history_fd)

    def _rehearsed(self, block):
        """The test of a block, played once as it is to be."""
        if block != self.block:
            exercise, test = self.tests[block % len(self.tests)]
            self.test = Test(exercise, test, block // len(self.tests), self.options.seed)
            self.test.rehearse(self._server(exercise), self._driver(exercise), INTERFACES[exercise])
            self.block = block
        return self.test

    def _is_free(self, test, name):
        full = f"{test.exercise} {test.test}"
        return any(fnmatch.fnmatchcase(full, tests) and fnmatch.fnmatchcase(name, change)
                   for rule in self.free for tests in rule["tests"] for change in rule["changes"])

    def one(self, number):
        test = self._rehearsed(number // self.slice)
        choose = random.Random(f"{self.options.seed}:{self.letter}:{number}")
        interface = INTERFACES[test.exercise]
        params = dict(test.params)
        if choose.random() < NOISE:
            meddler, program = Noise(choose, interface), NoProgram
        else:
            meddler, program = Meddler(choose, interface, test.replies or 1), self._driver(test.exercise)
        if test.replies is None:
            meddler, outcome = Untouched(interface), test.outcome
        else:
            if meddler.is_busy():
                params["params"] = dict(params["params"], patience_ms=BUSY_MS)
            outcome = Play(self._server(test.exercise), params, program, meddler, SECONDS).run()
        self._expect(test, meddler, outcome)
        return test, meddler, outcome

    def _expect(self, test, meddler, outcome):
        """On a machine that is busy the truth may come too late for a test: that is neither."""
        if meddler.name is None:
            if outcome.kind == "fail" and outcome.late:
                outcome.kind = "late"
            outcome.expected = outcome.kind in ("pass", "late")
        else:
            outcome.expected = outcome.kind == "fail" or (outcome.kind == "pass" and self._is_free(test, meddler.name))

    def names(self, meddler):
        """What was done, and in the words of free_channels.json."""
        return meddler.detail or meddler.name or "nothing was done", meddler.name or "the truth"

    def show(self, test, meddler):
        print(f"{test.exercise}, test {test.test}, {test.params}: {meddler.name or 'nothing was done'}; {meddler.detail};"
              f" from reply {meddler.at + 1} of {test.replies}")
