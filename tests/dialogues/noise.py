"""A fuzzing candidate that has no driver: what it says and records is made up."""

import socket

from interface import REPLY
from replies import RESULTS, SIZES, noise


class NoProgram:
    """The process of a candidate that has no driver: all there is of it is what Noise says."""

    def __init__(self, history_fd):
        self.socket, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def tell(self, command):
        pass

    def kill(self):
        pass

    def looks(self):
        return 1000, 1, 0

    def close(self):
        self.socket.close()
        self.theirs.close()


class Noise:
    """Answers what it likes, and records what it likes. "yes" to all, or at random."""

    def __init__(self, random, interface):
        self.random, self.interface = random, interface
        self.kind, self.detail, self.at = "noise", "", 0
        self.yes = random.random() < 0.3
        self.sound = random.choice([0, 0.5, 0.9, 0.99, 1])  # how often it says what could be an answer
        self.name = "yes" if self.yes else "noise"

    def is_busy(self):
        return False

    def begin(self, play):
        if self.yes:
            return
        for _ in range(self.random.choice([0, 0, 1, 5, 100])):
            play.history.put_bytes(self.random.randrange(len(play.history.memory)),
                                   noise(self.random, self.random.choice((4, 48, 1000))))

    def command(self, play, sequence, action, number):
        count = play.commands[sequence][3]
        if action == "quit":
            play.end(0, 0)
        elif self.yes:
            play.say(REPLY.pack(sequence, 0, count, 0, 1))
        elif self.random.random() < self.sound:
            play.say(REPLY.pack(sequence, self.random.choice(RESULTS + (0,) * 10), self.random.choice((0, count, 1)), 0,
                                self.random.choice((0, 1, 1, number, self.random.getrandbits(64)))))
        elif self.random.random() < 0.8:
            play.say(noise(self.random, self.random.choice(SIZES + (0, REPLY.size))))

    def reply(self, play, message):
        pass

    def ended(self, play, status, number):
        pass
