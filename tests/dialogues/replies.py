"""What a fuzzing candidate may do in place of a true reply, and when its driver has ended.

Each is told (meddler, play, message, fields of the reply, action of its command), and says what it did, or None: there was
nothing yet to do it with. Those of the end are told (meddler, play, exit status, signal).
"""

import signal

from interface import REPLY, REPLY_FIELDS

RESULTS = (0, 11, 110, 32, 125, 16, 114, 108, 12, 22, 1, -1, 2**31 - 1, -2**31)  # errors that there are, and others
SIZES = (1, 4, 23, 25, 40, 56, 64, 1023, 1024, 1025, 4096)
FLOOD = 400


def number(random, near, bits):
    value = random.choice([near + 1, near - 1, near + random.randint(-20, 20), 0, 1, near * 2, 2**bits - 1, 2**(bits - 1),
                           near ^ 1 << random.randrange(bits), random.getrandbits(bits)]) % 2**bits
    return value if value != near else (near + 1) % 2**bits


def noise(random, size):
    return random.getrandbits(8 * size).to_bytes(size, "little") if size else b""


def drop(meddler, play, message, fields, action):
    return "drop"


def twice(meddler, play, message, fields, action):
    play.say(message)
    play.say(message)
    return "twice"


def again(meddler, play, message, fields, action):
    if not meddler.said:
        return None
    play.say(meddler.random.choice(meddler.said))
    play.say(message)
    return "again"


def instead(meddler, play, message, fields, action):
    """An earlier answer in place of this one."""
    if not meddler.said:
        return None
    play.say(meddler.random.choice(meddler.said))
    return "instead"


def ahead(meddler, play, message, fields, action):
    """The answer to a question that has not been asked."""
    play.say(REPLY.pack(max(play.commands) + meddler.random.choice([1, 1, 2, 1000]), *fields[1:]))
    play.say(message)
    return "ahead"


def order(meddler, play, message, fields, action):
    play.held.append(message)
    return "order"


def field(meddler, play, message, fields, action):
    random = meddler.random
    at = random.randrange(len(fields))
    fields = list(fields)
    old = fields[at]
    if REPLY_FIELDS[at] == "result":
        fields[at] = random.choice([result for result in RESULTS if result != old])
    else:
        fields[at] = number(random, old, 64 if REPLY_FIELDS[at] == "value" else 32)
    meddler.detail = f"{REPLY_FIELDS[at]} {old} -> {fields[at]}"
    play.say(REPLY.pack(*fields))
    return f"{action}.{REPLY_FIELDS[at]}"


def left_out(meddler, play, message, fields, action):
    """One call fewer, by the answer as by the record."""
    _, number, worker, _ = play.commands.get(fields[0], ("?", 0, 0, 0))
    found = [(log, index) for log, index in play.history.completed(lambda record: meddler.is_open(record)
                                                                   and meddler.interface.call_name(record) == action
                                                                   and meddler.interface.object_of(record) == number)
             if log == worker]
    if not meddler.interface.one_log or not found or fields[2] == 0:
        return None
    play.history.take_out(*meddler.random.choice(found))
    play.say(REPLY.pack(*fields[:2], fields[2] - 1, *fields[3:]))
    return f"left out {action}"


def size(meddler, play, message, fields, action):
    wanted = meddler.random.choice(SIZES)
    play.say((message + noise(meddler.random, wanted))[:wanted])
    return "size"


def beside(meddler, play, message, fields, action):
    """A message of another size, and then the true one."""
    play.say(noise(meddler.random, meddler.random.choice(SIZES)))
    play.say(message)
    return "beside"


def empty(meddler, play, message, fields, action):
    play.say(b"")
    play.say(message)
    return "empty"


def only_empty(meddler, play, message, fields, action):
    play.say(b"")
    return "only empty"


def random_bytes(meddler, play, message, fields, action):
    play.say(noise(meddler.random, REPLY.size))
    if meddler.random.random() < 0.5:
        play.say(message)
    return "bytes"


def flood(meddler, play, message, fields, action):
    for _ in range(meddler.random.randrange(2, FLOOD)):
        play.say(noise(meddler.random, meddler.random.choice((REPLY.size, REPLY.size, 1, 4096))))
    return "flood"


def silence(meddler, play, message, fields, action):
    play.silent = True
    return "silence"


def busy(meddler, play, message, fields, action):
    play.silent = play.busy = True
    return "busy"


def end(meddler, play, message, fields, action):
    if meddler.random.random() < 0.5:
        play.say(message)
        meddler.detail = "after the reply"
    status = meddler.random.choice([0, 0, 1, 3, 255])
    number = meddler.random.choice([0, 0, signal.SIGKILL, signal.SIGSEGV, 64])
    play.end(-1 if number else status, number)
    return "end" if number or status else "end well"


REPLIES = ((drop, 1), (twice, 2), (again, 2), (instead, 2), (ahead, 2), (order, 1), (field, 16), (left_out, 3), (size, 2),
           (beside, 1), (empty, 1), (only_empty, 0.5), (random_bytes, 2), (flood, 1), (silence, 0.5), (busy, 0.2), (end, 3))


def bad_status(meddler, play, status, number):
    number = meddler.random.choice([0, 0, signal.SIGSEGV, signal.SIGABRT])
    play.end(-1 if number else meddler.random.choice([1, 3, 66, 255]), number)
    return "bad status"


def last_word(meddler, play, status, number):
    play.say(meddler.random.choice(meddler.said) if meddler.said and meddler.random.random() < 0.5
             else noise(meddler.random, meddler.random.choice(SIZES + (REPLY.size,))))
    play.end(status, number)
    return "last word"


def stays(meddler, play, status, number):
    return "stays"


ENDS = ((bad_status, 2), (last_word, 2), (stays, 0.5))
