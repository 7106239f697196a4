"""What a fuzzing candidate answers: the true dialogue up to some line, and there something else.

A plan is made from a random.Random and a Truth alone. It knows whether what it wrote may be right after all.
"""

import copy
import json
import math
import re

WORDS_MAX = 400
FLOOD = 400
LINE_MAX = 64 * 1024  # DIALOGUE_LINE_MAX
PIPE = 64 * 1024  # pipe(7)


def objects(texts):
    """Those of @texts that are objects."""
    found = []
    for text in texts:
        try:
            found.append(json.loads(text))
        except ValueError:
            pass
    return [value for value in found if isinstance(value, dict)]


class Truth:
    """A recorded dialogue of the reference's, and the words that were said in it and are in the statement."""

    def __init__(self, starts, sent, statement):
        self.starts = starts
        self.packed = {}  # id of a line to what player.py makes of it; see pack()
        self.lines = [json.loads(line) for start in starts for _, line, _ in start]
        self.shapes = list({json.dumps(sorted(line)): line for line in self.lines}.values())
        said = objects(sent.split(b"\n"))  # a kill may have come in the middle of a line
        quoted = objects(re.findall(r"\{.*\}", statement))
        self.shapes += quoted + said[:50]
        self.keys, self.values = set(), set()
        for line in self.lines[:2000] + said[:2000] + quoted:
            self._harvest(line)
        self.keys, self.values = sorted(self.keys)[:WORDS_MAX], sorted(self.values)[:WORDS_MAX]

    def pack(self, line_bytes):
        """In the process that plays plans: most of their lines are the same each time."""
        self.packed = {id(line): line_bytes(line) for start in self.starts for line in start}

    def _harvest(self, value):
        if isinstance(value, dict):
            self.keys.update(value)
            for part in value.values():
                self._harvest(part)
        elif isinstance(value, list):
            for part in value:
                self._harvest(part)
        elif isinstance(value, str):
            self.values.add(value)


def dump(value):
    return json.dumps(value).encode() + b"\n"


def meaning(line):
    """What a line says, the order of its keys and its spaces apart; None if it is no line that a program may write."""
    def no_constant(name):
        raise ValueError(name)

    def each_once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    if line is None or len(line) > LINE_MAX or line[-2:] == b"\r\n" or line.count(b"\n") != 1:
        return None
    try:
        return json.dumps(json.loads(line, parse_constant=no_constant, object_pairs_hook=each_once), sort_keys=True)
    except (ValueError, RecursionError):
        return None


def number(random, near):
    return random.choice([near + 1, near - 1, near + random.randint(-10, 10), 0, -1, 1, near * 2, 2**31, 2**32, 2**53,
                          2**63 - 1, -2**63, near + 0.5, float(near), 1e308, random.randint(-1000, 1000)])


def other(random, truth, value):
    """Something else of the same kind, mostly."""
    if random.random() < 0.15:
        return random.choice([None, True, False, 0, "", [], {}, -1, [[]], "\u0000", "\ufffd" * 50, 1.5])
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return number(random, value)
    if isinstance(value, str):
        return random.choice(truth.values) if truth.values and random.random() < 0.8 else value + random.choice("a 0\n")
    if isinstance(value, list) and value:
        value = copy.deepcopy(value)
        what = random.randrange(4)
        at = random.randrange(len(value))
        if what == 0:
            value.pop(at)
        elif what == 1:
            value.append(value[at])
        elif what == 2:
            value.reverse()
        else:
            value[at] = other(random, truth, value[at])
        return value
    if isinstance(value, dict) and value:
        return changed(random, truth, value)
    return random.choice(truth.values or [""])


def changed(random, truth, line):
    """One field of it is another."""
    line = copy.deepcopy(line)
    key = random.choice(list(line) or ["op"])
    what = random.randrange(10)
    if what == 0:
        line.pop(key, None)
    elif what == 1 and truth.keys:
        line[random.choice(truth.keys)] = line.pop(key, 0)
    elif what == 2 and truth.keys:
        line[random.choice(truth.keys)] = random.choice(truth.values or [""])
    else:
        line[key] = other(random, truth, line.get(key, 0))
    return line


def nested(random, opening):
    depth = random.choice([10, 100, 2047, 2048, 2049, 20000, 32000])
    closing = {"[": "]", '{"a":': "}"}[opening]
    whole = random.random() < 0.7
    return b'{"op":' + (opening * depth + "1" + (closing * depth if whole else "")).encode() + b"}\n"


def raw(random, truth):
    """A line that is no line of any program's."""
    line = json.dumps(random.choice(truth.lines or [{"op": "x"}])).encode()
    at = random.randrange(len(line))
    return random.choice([
        lambda: bytes(random.randrange(256) for _ in range(random.randrange(1, 200))) + b"\n",
        lambda: line[:at] + bytes([random.randrange(256)]) + line[at + 1:] + b"\n",
        lambda: line[:at] + b"\n",
        lambda: line[:at] + line[at:] * 2 + b"\n",
        lambda: line + line + b"\n",
        lambda: b"\n",
        lambda: line + b"\r\n",
        lambda: b"\xef\xbb\xbf" + line + b"\n",
        lambda: line[:at] + b"\0" + line[at:] + b"\n",
        lambda: line.replace(b'": "', b'": "\\ud800', 1) + b"\n",
        lambda: line.replace(b'": "', b'": "\\u0000', 1) + b"\n",
        lambda: line.replace(b'": "', b'": "\xc0\x80\xff', 1) + b"\n",
        lambda: re.sub(rb": -?[0-9]+", b": " + random.choice(
            [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 400, b"-0", b"01", b"0x10", b"1e400", b"18446744073709551616",
             b"-9223372036854775809", b"1.0", b"1e0"]), line, count=1) + b"\n",
        lambda: line[:-1] + b", " + line[1:] + b"\n",  # each key twice
        lambda: b'{"op": "' + b"a" * random.choice([65520, 65536, 70000, 300000, 3 << 20]) + b'"}\n',
        lambda: line[:-1] + b" " * random.choice([60000, 65536, 66000]) + b"}\n",
        lambda: nested(random, "["),
        lambda: nested(random, '{"a":'),
        lambda: random.choice([b"[]\n", b"0\n", b'"op"\n', b"null\n", b"{}\n", b"{\n", b"}\n"]),
        lambda: b"'" + line[1:-1] + b"'\n",
        lambda: b"/* */" + line + b"\n",
        lambda: b"%s%n%p" * 20 + b"\n",
        lambda: b'{"op": "\\u001b[2J\\u202e%n%s"}\n',
    ])()


def grammar(random, truth):
    """A line of the protocol's own words, that means nothing here."""
    if truth.shapes and random.random() < 0.8:
        line = random.choice(truth.shapes)
        for _ in range(random.randrange(4)):
            line = changed(random, truth, line)
        return dump(line)
    return dump({random.choice(truth.keys or ["op"]): random.choice((truth.values or [""]) + [0, 1, True, None])
                 for _ in range(random.randrange(5))})


def op_of(data):
    """What kind of line it is, if it is one."""
    try:
        return str(json.loads(data)["op"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "none"


def in_order(value):
    """A list with its members in an order that does not depend on theirs; anything else as it is."""
    return sorted(map(json.dumps, value)) if isinstance(value, list) else value


def in_place(original, line):
    """The name of @line where @original was to come, or nothing. What a kill leaves of one that no pipe holds is torn, and
    nobody can tell what it was."""
    if meaning(line) is not None:
        return f"grammar {op_of(original)}->{op_of(line)}"
    return "raw longer than a pipe" if len(line) > PIPE else "raw"


class Plan:
    """What the program does at each start (player.py: Reference), and what that means: .name for people, .where, and .same if
    it is the truth after all. Started more often than that it does .more, or ends; behind its last line it waits for
    input if it .stays, or ends."""

    def __init__(self, random, truth):
        self.starts = [list(start) for start in truth.starts] or [[]]
        self.random, self.truth, self.same, self.free = random, truth, False, None
        lengths = [len(start) for start in self.starts]
        total = sum(lengths)
        # Early lines more often: these dialogues are short, and the first lines of each kind are there.
        self.where = at = min(int(math.exp(random.random() * math.log(total + 1))) - 1, max(total - 1, 0))
        which = 0
        while which < len(lengths) - 1 and at >= lengths[which]:
            at -= lengths[which]
            which += 1
        self.lines, self.at = self.starts[which], at
        self.after = self.lines[at][0] if at < len(self.lines) else 1
        kinds = [self.drop, self.twice, self.swap, self.field, self.field, self.field, self.another, self.raw, self.raw,
                 self.insert_raw, self.grammar, self.grammar, self.flood, self.end, self.torn, self.early]
        self.name = random.choice(kinds + [self.silence] if random.random() < 0.1 else kinds)()
        self.changed_at = sum(lengths[:which]) + self.at
        # To find out that it sleeps costs a judge a fifth of a second, each time: not always.
        self.stays = random.random() < 0.1
        self.more = self.starts[0] if random.random() < 0.1 else None

    def _put(self, data, then=None, drop=1):
        self.lines[self.at:self.at + drop] = [(self.after, data, then)]

    def _original(self):
        return self.lines[self.at][1] if self.at < len(self.lines) else None

    def drop(self):
        self.free = f"drop {op_of(self._original())}"
        del self.lines[self.at:self.at + 1]
        self.same = self.at >= len(self.lines)
        return "a line is missing"

    def twice(self):
        original = self._original()
        if original is None:
            return self.grammar()
        rest = {meaning(line) for _, line, _ in self.lines[self.at:]}
        self.free = f"twice {op_of(original)}"
        if self.at == len(self.lines) - 1:
            self.free += " at an end"
        elif len(rest) == 1:
            self.free = "early"  # nothing but the same comes behind it
        self._put(original, drop=0)
        return "a line twice"

    def swap(self):
        to = self.at + self.random.choice([1, 1, 2, 5])
        if to >= len(self.lines):
            return self.grammar()
        one, two = self.lines[self.at], self.lines[to]
        after = max(one[0], two[0])
        self.lines[self.at], self.lines[to] = (after, two[1], None), (after, one[1], None)
        self.same = meaning(one[1]) == meaning(two[1])
        self.free = "order " + "+".join(sorted([op_of(one[1]), op_of(two[1])]))
        seqs = {json.loads(line[1]).get("seq") for line in (one, two)}
        if len(seqs) == 1 and seqs != {None}:
            self.free += " of one seq"
        if len({json.loads(line[1]).get("ch") for line in (one, two)}) == 2:
            self.free += " of two channels"
        return "two lines in each other's place"

    def field(self):
        original = self._original()
        if original is None:
            return self.grammar()
        line = json.loads(original)
        new = changed(self.random, self.truth, line)
        self._put(dump(new))
        self.same = meaning(dump(new)) == meaning(original)
        changes = {key for key in set(line) | set(new) if line.get(key) != new.get(key) or (key in line) != (key in new)}
        self.free = f"{line.get('op')}.{'+'.join(sorted(changes))}"
        if all(in_order(line.get(key)) == in_order(new.get(key)) for key in changes):
            self.free += " in another order"
        return "another value in a line"

    def another(self):
        if not self.truth.lines:
            return self.grammar()
        original, line = self._original(), self.random.choice(self.truth.lines)
        self._put(dump(line))
        self.same = original is not None and meaning(original) == meaning(dump(line))
        self.free = f"another {op_of(original)}->{line.get('op')}"
        return "another line of the dialogue"

    def raw(self):
        original, line = self._original(), raw(self.random, self.truth)
        self._put(line)
        self.same = original is not None and meaning(original) == meaning(line)
        self.free = in_place(original, line)
        return "a line that is none, in place of one"

    def insert_raw(self):
        line = raw(self.random, self.truth)
        self._put(line, drop=0)
        self.free = in_place(None, line)
        return "a line that is none, between others"

    def grammar(self):
        original, line = self._original(), grammar(self.random, self.truth)
        self._put(line)
        self.same = original is not None and meaning(original) == meaning(line)
        self.free = f"grammar {op_of(original)}->{op_of(line)}"
        return "words of the protocol"

    def flood(self):
        some = [grammar(self.random, self.truth) for _ in range(20)]
        self._put(b"".join(self.random.choice(some) for _ in range(self.random.randrange(FLOOD))))
        del self.lines[self.at + 1:]
        self.same = self._original() == b""
        self.free = "flood"
        return "many lines, and nothing more"

    def end(self):
        self._put(b"", self.random.choice([(0, 0), (1, 0), (-1, 11), (-1, 9)]), drop=0)
        self.free = "end"
        return "the program ends"

    def torn(self):
        original = self._original() or b'{"op": "x"}\n'
        self._put(original[:self.random.randrange(len(original))], self.random.choice([(0, 0), (-1, 11)]))
        self.free = "end"
        return "the program ends in a line"

    def early(self):
        """All there is to come, before it is asked for."""
        rest = b"".join(line for _, line, _ in self.lines[self.at:])
        self.after = 0
        self._put(rest, drop=len(self.lines))
        self.free = "early"
        return "the rest of the dialogue at once"

    def silence(self):
        self._put(b"", "silence", drop=0)
        self.free = "silence"
        return "silence"
