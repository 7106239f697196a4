"""The harness and the keeper, played to a judge; the program behind them is a Reference, or a plan for player.c.

Everything of include/assay/judge.h and keeper.h that a dialogue needs is here: parameters, answers to probes, the
keeper's commands, two pipes. One judge at a time, in one thread. player.c does the same for plans, and fast.
"""

import array
import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time

KEEPER_START, KEEPER_KILL, KEEPER_CLEAR, KEEPER_STARTED, KEEPER_ENDED = range(1, 6)
PIPE = 1 << 16


class Reference:
    """The reference solution as a process, and a record of what it writes: of each start a list of (inputs, bytes, what
    then). The bytes came once so many lines were sent since that start; a plan may then have the program end with
    (exit status, signal), or "silence"."""

    def __init__(self, argv):
        self.argv, self.process, self.starts = argv, None, []
        self.folder = tempfile.TemporaryDirectory(prefix="assay-dialogue-")
        os.mkdir(os.path.join(self.folder.name, "state"))
        self.torn = b""

    def begin(self):
        self.process = subprocess.Popen(self.argv, cwd=self.folder.name, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        os.set_blocking(self.process.stdout.fileno(), False)
        os.set_blocking(self.process.stdin.fileno(), False)
        self.inputs, self.unsent, self.torn, self.closing = 0, b"", b"", False
        self.starts.append([])

    def feed(self, data):
        self.inputs += data.count(b"\n")
        self.unsent += data
        self._send()

    def _send(self):
        try:
            while self.unsent:
                self.unsent = self.unsent[os.write(self.process.stdin.fileno(), self.unsent):]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.unsent = b""
        if self.closing and self.process.stdin:
            self.process.stdin.close()
            self.process.stdin, self.closing = None, False

    def take(self, all_of_it=False):
        if self.process is None:
            return b"", None
        if self.unsent or self.closing:
            self._send()
        out, over = b"", False
        while True:
            try:
                data = os.read(self.process.stdout.fileno(), PIPE)
            except BlockingIOError:
                break
            if not data:
                over = True
                break
            out += data
        *lines, self.torn = (self.torn + out).split(b"\n")
        self.starts[-1] += [(self.inputs, line + b"\n", None) for line in lines]
        if not over:
            return out, None
        status = self.process.wait()
        return out, (max(status, -1), -min(status, 0))

    def input_ended(self):
        self.closing = True
        self._send()

    def kill(self):
        if self.process is None:
            return b""
        self.process.kill()
        self.process.wait()
        out, _ = self.take()
        self.close()
        return out

    def clear(self):
        subprocess.run(["rm", "-rf", os.path.join(self.folder.name, "state")], check=True)
        os.mkdir(os.path.join(self.folder.name, "state"))

    def asleep(self):
        if self.process is None or self.unsent:
            return self.process is None
        if self.process.returncode is not None:
            return True
        with open(f"/proc/{self.process.pid}/stat") as stat:
            state = stat.read().rpartition(")")[2].split()[0]
        unread = array.array("i", [0])
        if self.process.stdin:
            fcntl.ioctl(self.process.stdin.fileno(), termios.FIONREAD, unread)
        return state in "SZ" and unread[0] == 0

    def fds(self):
        return [self.process.stdout.fileno()] if self.process else []

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            if self.process.stdin:
                self.process.stdin.close()
        self.process = None


class Server:
    """A judge built with server.c."""

    def __init__(self, path):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = dict(os.environ, ASSAY_JUDGE_SERVER=str(theirs.fileno()),
                           ASAN_OPTIONS="detect_leaks=0:exitcode=99:malloc_context_size=4:quarantine_size_mb=4:allocator_may_return_null=1",
                           UBSAN_OPTIONS="print_stacktrace=1:exitcode=99")
        self.process = subprocess.Popen([path], env=environment, pass_fds=[theirs.fileno()], cwd=os.path.dirname(path))
        theirs.close()
        self.file = os.memfd_create("plan")

    def judge(self, fds):
        self.socket.sendmsg([b"j"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
        return struct.unpack("i", self.socket.recv(4))[0]

    def play(self, params, plan, seconds):
        """Have player.c play @plan, as player.h describes it, for so long at most. Returns an Outcome."""
        os.truncate(self.file, 0)
        os.pwrite(self.file, plan_bytes(params, plan, seconds), 0)
        self.socket.sendmsg([b"p"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [self.file]))])
        answer = self.socket.recv(4)
        if len(answer) < 4 or struct.unpack("i", answer)[0] != 0:
            raise SystemExit("the host could not play a dialogue")
        result = os.pread(self.file, os.fstat(self.file).st_size, 0)
        status, hung, verdict_size, log_size = OUTCOME.unpack_from(result)
        verdict = result[OUTCOME.size:OUTCOME.size + verdict_size]
        outcome = Outcome()
        outcome.log = result[OUTCOME.size + verdict_size:][:log_size].decode(errors="replace")
        outcome.judge_ended(status, json.loads(verdict) if verdict else None, hung)
        return outcome

    def close(self):
        self.socket.close()
        os.close(self.file)
        self.process.wait()


class Servers(dict):
    """The server of each judge, by its path; it starts when it is asked for."""

    def __missing__(self, path):
        self[path] = Server(path)
        return self[path]


OUTCOME = struct.Struct("=iIII")  # player.h
HEAD = struct.Struct("=IIIHH")
LINE = struct.Struct("=IIiiI")
COUNT = struct.Struct("=I")


def line_bytes(line):
    after, data, then = line
    if then == "silence":
        return LINE.pack(after, 2, 0, 0, len(data)) + data
    return (LINE.pack(after, 1, *then, len(data)) if then else LINE.pack(after, 0, 0, 0, len(data))) + data


def plan_bytes(params, plan, seconds):
    text = json.dumps(params).encode() + b"\n"
    known = plan.truth.packed
    starts = plan.starts + ([plan.more] if plan.more is not None else [])
    parts = [HEAD.pack(int(seconds * 1000), len(text), len(plan.starts), plan.stays, plan.more is not None), text]
    for start in starts:
        parts.append(COUNT.pack(len(start)))
        parts += [known.get(id(line)) or line_bytes(line) for line in start]
    return b"".join(parts)


class Outcome:
    """What came of a dialogue: "pass", "fail", "broken" (no verdict), "crash" or "hang"."""

    def __init__(self):
        self.kind, self.message, self.sent, self.written = None, "", b"", 0
        self.log, self.held = "", False

    def judge_ended(self, status, verdict, hung):
        """With this status, as waitpid() has it; after this verdict, if any."""
        if verdict:
            self.message = verdict.get("message", "")
        if hung:
            self.kind = "hang"
        elif os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 99:
            self.kind = "crash"
        elif status != 0 or not verdict:
            self.kind = "broken"
        else:
            self.kind = verdict["status"]


class Dialogue:
    """One judge with one program, played from here. run() returns an Outcome."""

    def __init__(self, server, params, program, seconds):
        self.server, self.program, self.outcome = server, program, Outcome()
        self.until = time.monotonic() + seconds
        self.events, theirs_events = socket.socketpair()
        self.channel, theirs_channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        verdict, theirs_verdict = os.pipe()
        given, theirs_given = os.pipe()
        theirs_came, came = os.pipe()
        log, history = os.memfd_create("log"), os.memfd_create("history")
        theirs = [theirs_events.fileno(), theirs_verdict, theirs_channel.fileno(), history, theirs_given, theirs_came, log]
        self.events.sendall(json.dumps(params).encode() + b"\n")
        self.pid = server.judge(theirs)
        for fd in (theirs_verdict, history, theirs_given, theirs_came):
            os.close(fd)
        theirs_events.close()
        theirs_channel.close()
        self.verdict, self.given, self.came, self.log = verdict, given, came, log
        for fd in (verdict, given, came):
            os.set_blocking(fd, False)
        self.channel.setblocking(False)
        self.unwritten, self.lines, self.syncs = b"", b"", 0
        self.status, self.starts, self.kills, self.alive = None, 0, 0, False
        self.held, self.withheld, self.open, self.last = False, b"", True, None

    def run(self):
        while self.status is None:
            self._wait()
            requests = self._requests()
            self._commands()
            self._input()
            self._output()
            for request in requests:
                self._answer(request)
            self._ended()
            if self.status is None and time.monotonic() > self.until:
                os.kill(self.pid, signal.SIGKILL)
                self.outcome.kind = "hang"
                self.until += 60
        self._requests()
        self._classify()
        self._close()
        return self.outcome

    def _wait(self):
        watched = [self.verdict, self.channel, self.server.socket] + self.program.fds()
        if self.given is not None and self.alive:
            watched.append(self.given)
        select.select(watched, [self.came] if self.unwritten else [], [], 0.05)

    def _requests(self):
        data = self._read(self.verdict) or b""
        *lines, self.lines = (self.lines + data).split(b"\n")
        lines = [json.loads(line) for line in lines]
        for line in lines:
            if line["type"] == "verdict":
                self.last = line
            elif line["type"] in ("hold-syncs", "release-syncs"):
                self.held = self.outcome.held = line["type"] == "hold-syncs"
        return [line["type"] for line in lines if line["type"] in ("probe", "threads")]

    def _answer(self, request):
        idle = self.program.asleep() and not self.unwritten
        answer = {"type": request, "alive": self.alive}
        if request == "probe":
            answer.update(cpu_us=1000, threads=int(self.alive), running=int(self.alive and not idle),
                          syncs=self.syncs, syncs_held=int(self.held and self.syncs > 0))
        else:
            answer.update(for_good=idle)
        try:
            self.events.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            pass

    def _commands(self):
        while True:
            try:
                command = self.channel.recv(64)
            except (BlockingIOError, ConnectionResetError):
                return
            if not command:
                return
            kind = struct.unpack("I", command)[0]
            if kind == KEEPER_START:
                self.program.begin()
                self.starts, self.alive = self.starts + 1, True
                self._tell(KEEPER_STARTED, 0, 0)
            elif kind == KEEPER_KILL:
                self._input()
                if self.alive:
                    self._write(self.program.kill())
                elif self.given is not None:
                    self._read(self.given)
                self.kills, self.alive = self.kills + 1, False
                self.unwritten = b""
                self._tell(KEEPER_ENDED, -1, signal.SIGKILL)
            elif kind == KEEPER_CLEAR:
                self.program.clear()

    def _tell(self, kind, status, number):
        try:
            self.channel.send(struct.pack("IiiiIIQ", kind, status, number, 0, self.kills, 0, self.starts))
        except OSError:
            pass

    def _input(self):
        """What lies in the pipe. Not while nothing runs: it may be meant for who is started next."""
        while self.given is not None and self.alive:
            data = self._read(self.given)
            if data is None:
                return
            if not data:
                os.close(self.given)
                self.given = None
                self.program.input_ended()
                return
            self.outcome.sent += data
            self.syncs += data.count(b"\n")
            self.program.feed(data)

    def _output(self):
        self._flush()
        if not self.alive or self.unwritten:
            return
        data, ended = self.program.take()
        self._write(data)
        if ended and not self.unwritten:
            self.alive = False
            self._tell(KEEPER_ENDED, *ended)

    def _write(self, data):
        if self.held:
            self.withheld += data
            return
        self.unwritten += self.withheld + data
        self.withheld = b""
        self._flush()

    def _flush(self):
        if not self.held and self.withheld:
            self.unwritten, self.withheld = self.unwritten + self.withheld, b""
        while self.unwritten:
            try:
                put = os.write(self.came, self.unwritten[:PIPE])
            except BlockingIOError:
                return
            except BrokenPipeError:
                self.unwritten = b""
                return
            self.unwritten = self.unwritten[put:]
            self.outcome.written += put

    def _ended(self):
        try:
            self.status = struct.unpack("i", self.server.socket.recv(4, socket.MSG_DONTWAIT))[0]
        except BlockingIOError:
            pass

    def _classify(self):
        outcome = self.outcome
        outcome.log = os.pread(self.log, 1 << 16, 0).decode(errors="replace")
        outcome.judge_ended(self.status, self.last, outcome.kind == "hang")

    def _close(self):
        self.program.close()
        self.events.close()
        self.channel.close()
        for fd in (self.verdict, self.given, self.came, self.log):
            if fd is not None:
                os.close(fd)

    @staticmethod
    def _read(fd):
        try:
            return os.read(fd, PIPE)
        except BlockingIOError:
            return None
