"""What a fuzzing candidate does to the history that it shares with the judge.

Each of these is told (meddler, history), and says what it did or None: there was nothing yet to do it to. Calls are picked
among those that have returned, on objects that the judge has not done with: so a judge that reads the record at all will
read what was done to it. Who is @to_a_call is told that as well: thread, place and record.
"""

import time

from interface import COMPLETED, INVOKED, LOGS, RECORD, RECORD_FIELDS

PER_FIELD_BITS = {"result": 32, "timeout_ms": 32, "kind": 32, "object": 32}
NEAR_NS = 2000  # what a moment may be moved by and still be in its place


def signed(value):
    return value - 2**32 if value >= 2**31 else value


def pick(meddler, history):
    """Thread and place of a call, or None."""
    found = history.completed(meddler.is_open)
    return meddler.random.choice(found) if found else None


def pick_followed(meddler, history):
    """The same of one that another of its thread follows."""
    found = [(log, index) for log, index in history.completed(meddler.is_open) if index + 1 < history.count(log)]
    return meddler.random.choice(found) if found else None


def to_a_call(act, picks=pick):
    def scribble(meddler, history):
        place = picks(meddler, history)
        return act(meddler, history, *place, list(history.record(*place))) if place else None
    return scribble


def to_a_followed_call(act):
    return to_a_call(act, pick_followed)


def changed(random, name, old):
    bits = PER_FIELD_BITS.get(name, 64)
    new = random.choice([old + 1, old - 1, old ^ 1 << random.randrange(bits), 0, 1, 11, 32, 110, 125, 2**bits - 1,
                         2**(bits - 1), random.getrandbits(bits), random.getrandbits(8)]) % 2**bits
    if new == old % 2**bits:
        new = (old + 1) % 2**bits
    return signed(new) if name in ("result", "timeout_ms") else new


@to_a_call
def field(meddler, history, log, index, record):
    """Something else was called, or came back."""
    at = meddler.random.randrange(2, len(RECORD_FIELDS))
    name, old, call = RECORD_FIELDS[at], record[at], meddler.interface.call_name(record)
    record[at] = changed(meddler.random, name, old)
    history.put_record(log, index, record)
    meddler.detail = f"call {index + 1} of thread {log}: {name} {old} -> {record[at]}"
    return f"{call}.{name}"


@to_a_call
def moment(meddler, history, log, index, record):
    """A beginning or an end is moved a little, and still in its place."""
    at = meddler.random.choice((INVOKED, COMPLETED))
    by = meddler.random.choice((-1, 1)) * meddler.random.randrange(1, NEAR_NS)
    record[at] += by
    history.put_record(log, index, record)
    meddler.detail = f"call {index + 1} of thread {log}: {RECORD_FIELDS[at]} by {by} ns"
    return "moment"


@to_a_call
def clock(meddler, history, log, index, record):
    """Times that cannot be."""
    now = time.monotonic_ns()
    at, to = meddler.random.choice([
        (COMPLETED, record[INVOKED] - 1), (INVOKED, record[COMPLETED] + 1), (INVOKED, 0), (INVOKED, 1),
        (COMPLETED, now + 60 * 10**9), (COMPLETED, 2**64 - 1), (INVOKED, 2**64 - 1),
        (INVOKED, record[INVOKED] - 3600 * 10**9), (COMPLETED, 1)])
    record[at] = to % 2**64
    history.put_record(log, index, record)
    meddler.detail = f"call {index + 1} of thread {log}: {RECORD_FIELDS[at]} {to}"
    return "clock"


@to_a_followed_call
def pending(meddler, history, log, index, record):
    """A call that others of its thread follow has not returned."""
    record[COMPLETED] = 0
    history.put_record(log, index, record)
    return "pending"


@to_a_followed_call
def exchanged(meddler, history, log, index, record):
    """Two calls of a thread, one in the other's place."""
    history.put_record(log, index, history.record(log, index + 1))
    history.put_record(log, index + 1, record)
    return "exchanged"


@to_a_call
def doubled(meddler, history, log, index, record):
    """A call once more, as the last one of its thread and of a thread that made none."""
    free = [other for other in range(LOGS) if history.count(other) == 0]
    to = meddler.random.choice(free) if free else log
    if history.count(to) >= history.capacity:
        return None
    history.put_record(to, history.count(to), record)
    history.put_count(to, history.count(to) + 1)
    meddler.detail = f"call {index + 1} of thread {log} as one of thread {to}"
    return f"doubled {meddler.interface.call_name(record)}"


@to_a_call
def vanished(meddler, history, log, index, record):
    """A call was never made: those behind it come forward."""
    history.take_out(log, index)
    meddler.detail = f"call {index + 1} of thread {log}: {record}"
    return f"vanished {meddler.interface.call_name(record)}"


@to_a_call
def count(meddler, history, log, index, record):
    """More calls than there were, or than there is room for."""
    log = meddler.random.randrange(LOGS)
    old = history.count(log)
    to = meddler.random.choice([old + 1, old + 2, history.capacity, history.capacity + 1, 2**31, 2**32 - 1, 2**32 - 2])
    history.put_count(log, to)
    meddler.detail = f"thread {log}: {old} -> {to}"
    return "count"


@to_a_call
def brim(meddler, history, log, index, record):
    """More calls than there is room for, all of which could be."""
    log = meddler.random.choice((LOGS - 1, meddler.random.randrange(LOGS)))
    record[INVOKED] = record[COMPLETED]
    wanted = history.capacity + meddler.random.choice((1, 2, 50))
    history.put_bytes(history.place(log, 0), RECORD.pack(*record) * wanted)
    history.put_count(log, wanted)
    meddler.detail = f"thread {log}: {wanted} calls"
    return "brim"


@to_a_call
def nothing_left(meddler, history, log, index, record):
    """The record of a thread is empty, which may have done something or not."""
    found = [history.record(of, index) for of, index in history.completed(meddler.is_open) if of == log]
    names = [meddler.interface.call_name(call) for call in found]
    history.put_count(log, 0)
    return "nothing left" if any(not name.endswith((" refused", " begins")) for name in names) else "nothing left refused"


@to_a_call
def random_records(meddler, history, log, index, record):
    """Bytes over calls that were made."""
    calls = meddler.random.choice((1, 1, 2, 10))
    history.put_bytes(history.place(log, index), meddler.random.randbytes(calls * RECORD.size))
    return "bytes"


@to_a_call
def random_everywhere(meddler, history, log, index, record):
    for _ in range(meddler.random.choice((1, 10, 100))):
        size = meddler.random.choice((4, 64, 5000))
        history.put_bytes(meddler.random.randrange(len(history.memory)), meddler.random.randbytes(size))
    for log in range(LOGS):
        history.put_bytes(log * history.stride, meddler.random.randbytes(4))
    return "everywhere"


def overflow(meddler, history):
    history.put_overflow(meddler.random.randrange(LOGS), meddler.random.choice((1, 2**32 - 1)))
    return "overflow"


SCRIBBLES = ((field, 12), (moment, 2), (clock, 4), (pending, 2), (exchanged, 2), (doubled, 3), (vanished, 3), (count, 3),
             (brim, 1), (nothing_left, 1), (random_records, 3), (random_everywhere, 2), (overflow, 1))
