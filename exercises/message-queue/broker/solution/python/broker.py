"""A message broker: JSON lines on standard input and output. See README.md.

All input that is there is one batch. Its lines take effect one after the
other, in memory only; what has to survive is appended to the journal, what is
to be said is collected. Then the journal is written, synced if the batch
confirms anything, and only then is the output written. So nothing is said that
is not on disk, and a sync is shared by as many publishes as came together.
"""

import heapq
import json
import os


class Message:
    """One stay of a message in a queue. Its number is its position there."""

    def __init__(self, number, queue, mid, body, deaths, since):
        self.number = number
        self.queue = queue
        self.mid = mid
        self.body = body
        self.deaths = deaths  # newest first
        self.since = since  # when it came, for the ttl
        self.count = 0  # deliveries so far

    def __lt__(self, other):
        return self.number < other.number


class Queue:
    def __init__(self, name, max_len, overflow, ttl, limit, dlq):
        self.name = name
        self.max_len = max_len
        self.overflow = overflow
        self.ttl = ttl
        self.limit = limit
        self.dlq = dlq
        self.ready = []  # a heap, by position
        self.channels = []  # that consume from it, the next to serve first

    def full(self):
        return self.max_len is not None and len(self.ready) >= self.max_len

    def overflows(self):
        return (self.max_len is not None and self.overflow == "drop-head"
                and len(self.ready) > self.max_len)

    def expired(self, now):
        return (self.ttl is not None and self.ready
                and now - self.ready[0].since >= self.ttl)

    def take_channel(self):
        """The next channel with room, which goes to the end of the line."""
        for i, channel in enumerate(self.channels):
            if channel.has_room():
                self.channels.append(self.channels.pop(i))
                return channel
        return None


class Channel:
    def __init__(self, number, queue, prefetch):
        self.number = number
        self.queue = queue
        self.prefetch = prefetch
        self.last_tag = 0
        self.unacked = {}  # tag to message, in the order of the tags

    def has_room(self):
        return self.prefetch == 0 or len(self.unacked) < self.prefetch

    def take(self, tag, multiple):
        """The messages that a settlement is about; None if @tag is unknown."""
        if tag not in self.unacked:
            return None
        tags = [tag]
        if multiple:
            tags = [other for other in self.unacked if other <= tag]
        return [self.unacked.pop(tag) for tag in tags]


class Journal:
    """Records, one JSON array per line, appended to ./state/journal.

    Only a kill in the middle of a write leaves a line without an end, and what
    it was about has not been confirmed: such a line is left out.
    """

    PATH = "state/journal"

    def __init__(self):
        self.fd = -1
        self.records = []

    def read(self):
        try:
            with open(self.PATH, "rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield json.loads(line)
        except FileNotFoundError:
            return

    def rewrite(self, records):
        """Replace the whole by @records: nothing of what is over remains."""
        fresh = self.PATH + ".new"
        self.fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.records = records
        self.write(sync=True)
        os.rename(fresh, self.PATH)
        folder = os.open("state", os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)

    def add(self, *record):
        self.records.append(record)

    def write(self, sync):
        if self.records:
            text = "".join(json.dumps(record) + "\n"
                           for record in self.records)
            write_all(self.fd, text.encode())
            self.records = []
        if sync:
            os.fdatasync(self.fd)


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


class Broker:
    def __init__(self):
        self.journal = Journal()
        self.output = []
        self.promises = False  # the output holds something that needs a sync
        self.queues = {}
        self.channels = {}
        self.touched = []  # queues that settle() has to look at
        self.now = 0
        self.last_number = 0
        self.recover()

    # ---- what survives ----

    def recover(self):
        kept = {}
        for kind, *fields in self.journal.read():
            if kind == "queue":
                self.queues[fields[0]] = Queue(*fields)
            elif kind == "message":
                kept[fields[0]] = self.restored(*fields)
            elif kind == "delivered":
                kept[fields[0]].count += 1
            elif kind == "gone":
                del kept[fields[0]]
            elif kind == "moved":
                old = kept.pop(fields[0])
                number, queue, deaths, since = fields[1:]
                kept[number] = self.restored(number, queue, old.mid, old.body,
                                             deaths, since, 0)
            elif kind == "time":
                self.now = fields[0]
        self.journal.rewrite([
            ("time", self.now),
            *(("queue", q.name, q.max_len, q.overflow, q.ttl, q.limit, q.dlq)
              for q in self.queues.values()),
            *(("message", m.number, m.queue.name, m.mid, m.body, m.deaths,
               m.since, m.count) for m in kept.values()),
        ])
        # No consumer has survived: all that was delivered comes back.
        for message in kept.values():
            self.requeue(message)
        self.touched = list(self.queues.values())
        self.settle()

    def restored(self, number, queue, mid, body, deaths, since, count):
        self.last_number = max(self.last_number, number)
        message = Message(number, self.queues[queue], mid, body, deaths, since)
        message.count = count
        return message

    # ---- the life of a message ----

    def enqueue(self, queue, mid, body):
        self.last_number += 1
        message = Message(self.last_number, queue, mid, body, [], self.now)
        self.journal.add("message", message.number, queue.name, mid, body, [],
                         self.now, 0)
        heapq.heappush(queue.ready, message)

    def requeue(self, message):
        """Back to where it was, unless it has been delivered too often."""
        queue = message.queue
        if queue.limit is not None and message.count > queue.limit:
            self.die(message, "limit")
        else:
            heapq.heappush(queue.ready, message)

    def die(self, message, reason):
        """Off to the dead letter queue, if there is one to take it."""
        deaths = [{"q": message.queue.name, "reason": reason}, *message.deaths]
        target = self.queues.get(message.queue.dlq)
        if target is None or in_circles(target.name, deaths):
            self.journal.add("gone", message.number)
            return
        self.last_number += 1
        moved = Message(self.last_number, target, message.mid, message.body,
                        deaths, self.now)
        self.journal.add("moved", message.number, moved.number, target.name,
                         deaths, self.now)
        heapq.heappush(target.ready, moved)
        self.touched.append(target)

    def deliver(self, message, channel):
        channel.last_tag += 1
        channel.unacked[channel.last_tag] = message
        self.say("deliver", ch=channel.number, tag=channel.last_tag,
                 mid=message.mid, body=message.body,
                 redelivered=message.count > 0, count=message.count,
                 deaths=message.deaths)
        message.count += 1
        self.journal.add("delivered", message.number)

    def settle(self):
        """In each queue that was touched: expire, deliver, drop what is too
        much, in this order."""
        while self.touched:
            queue = self.touched.pop(0)
            while queue.expired(self.now):
                self.die(heapq.heappop(queue.ready), "expired")
            while queue.ready and (channel := queue.take_channel()):
                self.deliver(heapq.heappop(queue.ready), channel)
            while queue.overflows():
                self.die(heapq.heappop(queue.ready), "maxlen")

    # ---- lines ----

    def say(self, op, **fields):
        self.output.append(json.dumps({"op": op, **fields}))

    def handle(self, line):
        op = line.pop("op")
        getattr(self, "on_" + op)(**line)
        self.settle()

    def on_declare(self, q, max_len=None, overflow="drop-head", ttl=None,
                   limit=None, dlq=None):
        if q not in self.queues:
            self.queues[q] = Queue(q, max_len, overflow, ttl, limit, dlq)
            self.journal.add("queue", q, max_len, overflow, ttl, limit, dlq)

    def on_publish(self, seq, q, mid, body, mandatory):
        queue = self.queues.get(q)
        accepted = True
        if queue is None:
            if mandatory:
                self.say("return", seq=seq)
        elif queue.full() and queue.overflow == "reject-publish":
            accepted = False
        else:
            self.enqueue(queue, mid, body)
            self.touched.append(queue)
            self.promises = True
        self.say("confirm", seq=seq, ok=accepted)

    def on_consume(self, ch, q, prefetch):
        queue = self.queues.get(q)
        if queue is None:
            self.say("chan_error", ch=ch, code=404)
            return
        channel = Channel(ch, queue, prefetch)
        self.channels[ch] = channel
        queue.channels.append(channel)
        self.touched.append(queue)

    def on_ack(self, ch, tag, multiple):
        for message in self.taken(ch, tag, multiple):
            self.journal.add("gone", message.number)

    def on_nack(self, ch, tag, multiple, requeue):
        for message in self.taken(ch, tag, multiple):
            if requeue:
                self.requeue(message)
            else:
                self.die(message, "rejected")

    def taken(self, ch, tag, multiple):
        """What an ack or nack settles; an unknown tag ends the channel."""
        channel = self.channels.get(ch)
        if channel is None:
            return []
        self.touched.append(channel.queue)
        messages = channel.take(tag, multiple)
        if messages is None:
            self.say("chan_error", ch=ch, code=406)
            self.on_close(ch)
            return []
        return messages

    def on_close(self, ch):
        channel = self.channels.pop(ch, None)
        if channel is None:
            return
        channel.queue.channels.remove(channel)
        self.touched.append(channel.queue)
        for message in channel.unacked.values():
            self.requeue(message)

    def on_tick(self, ms):
        self.now += ms
        self.journal.add("time", self.now)
        self.touched.extend(self.queues.values())

    def on_sync(self, n):
        self.promises = True
        self.say("synced", n=n)

    def flush(self):
        self.journal.write(sync=self.promises)
        self.promises = False
        if self.output:
            write_all(1, ("\n".join(self.output) + "\n").encode())
            self.output = []


def in_circles(name, deaths):
    """Whether a message with these deaths has been in queue @name before and
    nobody has rejected it since: then it would go round for ever."""
    for death in deaths:
        if death["reason"] == "rejected":
            return False
        if death["q"] == name:
            return True
    return False


def main():
    broker = Broker()
    rest = b""
    while chunk := os.read(0, 1 << 16):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            broker.handle(json.loads(line))
        broker.flush()


if __name__ == "__main__":
    main()
