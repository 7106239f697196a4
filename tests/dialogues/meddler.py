"""A fuzzing candidate at the channel and the history of an exercise in C: it does one thing that is not the truth.

A Meddler is made from a random.Random and how many replies the truth has. It stands between a real driver and the judge
(channel.py), and does its one thing at some reply, or as soon after it as it can be done.
"""

from interface import REPLY
from replies import ENDS, REPLIES, busy
from scribbler import SCRIBBLES

KINDS = {"reply": (45, REPLIES), "history": (45, SCRIBBLES), "end": (5, ENDS), "nothing": (3, ((None, 1),))}


class Meddler:
    """.name is what was done, None as long as nothing was: then it is the truth."""

    def __init__(self, random, interface, replies):
        self.random, self.interface = random, interface
        self.name, self.detail, self.said = None, "", []
        self.kind = random.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
        self.act = random.choices(*zip(*KINDS[self.kind][1]))[0]
        self.at = random.randrange(max(1, replies))
        self.made, self.freed = [], set()  # objects

    def is_busy(self):
        return self.act is busy

    def begin(self, play):
        pass

    def command(self, play, sequence, action, number):
        """The judge is about to be obeyed."""
        if action == "new":
            self.made.append(number)
        elif action == "free":
            self.freed.add(number)

    def is_open(self, record):
        """Whether a call was made on what the judge has not done with: its object is not freed yet."""
        number = self.interface.object_of(record)
        return number in self.made and number not in self.freed

    def reply(self, play, message):
        fields = REPLY.unpack(message)
        action = play.commands.get(fields[0], ("?",))[0]
        done = None
        if self.name is None and play.replies > self.at:
            if self.kind == "reply":
                done = self.name = self.act(self, play, message, fields, action)
            elif self.kind == "history":
                done = self._scribble(play)
        if self.kind == "history" or not done:
            play.say(message)
            self.said.append(message)

    def _scribble(self, play):
        what = self.act(self, play.history)
        self.name = f"history {what}" if what else None
        return self.name

    def ended(self, play, status, number):
        if self.kind == "end":
            self.name = self.act(self, play, status, number)
        else:
            play.end(status, number)
