"""The judge of e2e/sum, on its own: it shows what harness and box do, whatever the kit makes of it."""

import fcntl
import json
import os
import select
import struct
import sys
import time

START, KILL, CLEAR, STARTED, ENDED = range(1, 6)
EVENT = struct.Struct("=IiiiQ")
PATIENCE_S = 5


def say(**line):
    os.write(3, (json.dumps(line) + "\n").encode())


def finish(status, message="", stuck=False, crashed=False):
    say(type="verdict", status=status, score=int(status == "pass"), message=message, stuck=stuck,
        crashed=crashed)
    sys.exit(0)


class Events:
    """What the harness says."""

    def __init__(self):
        self.rest = b""

    def next(self):
        while b"\n" not in self.rest:
            self.rest += os.read(0, 65536)
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def wait(self, what):
        while True:
            event = self.next()
            if event["type"] == what:
                return event

    def ask(self, what):
        say(type=what)
        return self.wait(what)

    def probe(self):
        return self.ask("probe")


class Program:
    """A program, its keeper, and the two pipes."""

    def __init__(self, events, channel, to, answers):
        self.events = events
        self.keeper = channel
        self.to = to
        self.answers = answers
        self.rest = b""
        fcntl.fcntl(to, fcntl.F_SETFL, os.O_NONBLOCK)
        self.start()

    def command(self, kind):
        os.write(self.keeper, struct.pack("=I", kind))

    def event(self, kind):
        if not select.select([self.keeper], [], [], PATIENCE_S)[0]:
            finish("fail", "The keeper says nothing.")
        message = os.read(self.keeper, EVENT.size)
        if len(message) != EVENT.size:
            self.events.wait("ended")  # how it ended says more
            finish("fail", "The keeper is gone.")
        event = EVENT.unpack(message)
        if event[0] == ENDED and kind != ENDED:
            finish("fail", f"It ended: status {event[1]}, signal {event[2]}, error {event[3]}.",
                   crashed=event[1] != 0 or event[2] != 0)
        return event

    def start(self):
        self.command(START)
        self.event(STARTED)

    def kill(self):
        self.command(KILL)
        self.event(ENDED)
        while self.poll(0):
            pass

    def send(self, **line):
        try:
            os.write(self.to, (json.dumps(line) + "\n").encode())
        except BlockingIOError:
            finish("fail", "It does not read.")

    def poll(self, seconds):
        """Its next line, or None."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self.rest:
            left = max(0, deadline - time.monotonic())
            if not select.select([self.answers], [], [], left)[0]:
                return None
            got = os.read(self.answers, 65536)
            if not got:
                return None
            self.rest += got
            if len(self.rest) > 65536:
                finish("fail", "It writes without end.")
        line, self.rest = self.rest.split(b"\n", 1)
        try:
            return json.loads(line)
        except ValueError:
            finish("fail", "It writes what is not JSON.")

    def expect(self, total):
        line = self.poll(PATIENCE_S)
        if line is None:
            if select.select([self.keeper], [], [], 0)[0]:
                self.event(None)
            finish("fail", "No answer came.", self.events.ask("threads")["for_good"])
        if line != {"sum": total}:
            finish("fail", f"Expected the sum {total}.")


def adds(program, _):
    total = 0
    for number in (1, 2, 40, -3):
        total += number
        program.send(add=number)
        program.expect(total)


def restart(program, _):
    program.send(add=20)
    program.expect(20)
    program.kill()
    program.start()
    program.send(add=3)
    program.expect(23)
    program.kill()
    program.command(CLEAR)
    program.start()
    program.send(add=1)
    program.expect(1)


def durable(program, events):
    before = events.probe()["syncs"]
    say(type="hold-syncs")
    events.probe()
    program.send(add=5)
    until = time.monotonic() + PATIENCE_S
    while events.probe()["syncs_held"] == 0:
        if program.poll(0.01):
            finish("fail", "It answered while its data was on no disk.")
        if time.monotonic() > until:
            finish("fail", "It never waits for a disk.")
    if program.poll(0.2):
        finish("fail", "It answered while it waited for the disk.")
    say(type="release-syncs")
    program.expect(5)
    after = events.probe()
    if after["syncs"] <= before or after["syncs_held"] != 0:
        finish("fail", f"Strange counts: {before}, {after}.")
    say(type="metric", name="syncs", value=after["syncs"], unit="")


def beside(program, events):
    reference = Program(events, 6, 10, 11)
    for each in (program, reference):
        each.send(add=7)
        each.expect(7)
    os.close(reference.keeper)


def main():
    events = Events()
    what = events.next()["params"]["what"]
    program = Program(events, 4, 8, 9)
    {"adds": adds, "restart": restart, "durable": durable, "beside": beside}[what](program, events)
    finish("pass")


main()
