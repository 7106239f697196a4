"""What goes between a judge and a driver in C: messages, and the history they share.

Replies and records are the same in every exercise (exercises/kit/history.h); commands are each exercise's own, as its
judge/protocol.h has them, and so are the kinds of calls.
"""

import mmap
import struct

REPLY = struct.Struct("=IiIIQ")
REPLY_FIELDS = ("sequence", "result", "count", "cpu_us", "value")
RECORD = struct.Struct("=QQQQiiII")
RECORD_FIELDS = ("invoked_ns", "completed_ns", "argument", "value", "result", "timeout_ms", "kind", "object")
INVOKED, COMPLETED, RESULT, KIND, OBJECT = 0, 1, 4, 6, 7
HEAD = struct.Struct("=II")
HEAD_BYTES = 64
LOGS = 20
POOL_OPEN, POOL_CLOSE = 0x100, 0x200  # pool_call.h


class Interface:
    """Of one exercise. @command is the layout, with the sequence, the action, the number of the object and the worker first;
    @object_bits of a record's object say what else it is; @one_log: a worker records in the log of its number, and its
    calls as they return."""

    def __init__(self, command, count_at, actions, calls, object_bits, one_log):
        self.command = struct.Struct(command)
        self.count_at, self.calls, self.object_bits, self.one_log = count_at, calls, object_bits, one_log
        self.actions = dict(enumerate(actions.split(), 1))

    def read(self, message):
        """Sequence, name of the action, number of the object, worker, count."""
        fields = self.command.unpack(message)
        return fields[0], self.actions.get(fields[1], "?"), fields[2], fields[3], fields[self.count_at]

    def object_of(self, record):
        return record[OBJECT] >> self.object_bits

    def call_name(self, record):
        kind = record[KIND]
        half = " begins" if kind & POOL_OPEN else " ends" if kind & POOL_CLOSE else ""
        refused = " refused" if record[RESULT] and not kind & POOL_OPEN else ""
        return self.calls.get(kind & ~(POOL_OPEN | POOL_CLOSE), "?") + half + refused


INTERFACES = {
    "message-queue/bounded-queue": Interface(
        "=IIIIIiIIQ", 4, "new free spurious clock hold held quit put take close len mix pairs",
        {1: "put", 2: "take", 3: "close", 4: "len"}, 0, True),
    "threading/thread-pool": Interface(
        "=IIIIIIiIIIIIQ", 5, "new open blocks quit hello submit drop wait cancel forget begun shutdown free waves",
        {1: "submit", 2: "run", 3: "wait", 4: "cancel", 5: "shutdown", 6: "ask"}, 16, False),
}


class History:
    """The memory as the driver's process has it: what is written here, the candidate has written."""

    def __init__(self, fd, size):
        self.memory = mmap.mmap(fd, size)
        self.stride = size // LOGS & ~63
        self.capacity = (self.stride - HEAD_BYTES) // RECORD.size

    def count(self, log):
        return HEAD.unpack_from(self.memory, log * self.stride)[0]

    def put_count(self, log, count):
        self.memory[log * self.stride:log * self.stride + 4] = struct.pack("=I", count)

    def put_overflow(self, log, value):
        self.memory[log * self.stride + 4:log * self.stride + 8] = struct.pack("=I", value)

    def place(self, log, index):
        return log * self.stride + HEAD_BYTES + index * RECORD.size

    def record(self, log, index):
        return RECORD.unpack_from(self.memory, self.place(log, index))

    def put_record(self, log, index, record):
        RECORD.pack_into(self.memory, self.place(log, index), *record)

    def take_out(self, log, index):
        """As if this call had not been made: those behind it come forward."""
        count = self.count(log)
        start, end = self.place(log, index), self.place(log, min(count, self.capacity))
        self.memory[start:end - RECORD.size] = self.memory[start + RECORD.size:end]
        self.put_count(log, count - 1)

    def put_bytes(self, at, data):
        self.memory[at:at + len(data)] = data[:len(self.memory) - at]

    def completed(self, belongs):
        """(log, index) of each call that has returned and whose record @belongs."""
        found = []
        for log in range(LOGS):
            for index in range(min(self.count(log), self.capacity)):
                record = self.record(log, index)
                if record[COMPLETED] and belongs(record):
                    found.append((log, index))
        return found

    def close(self):
        self.memory.close()
