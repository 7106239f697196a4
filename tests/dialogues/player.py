"""The harness and the keeper, played to a judge; the program behind them is a Replay or a Reference.

Everything of include/assay/judge.h and keeper.h that a dialogue needs is here: parameters, answers to probes, the
keeper's commands, two pipes. One judge at a time, in one thread.
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


class Replay:
    """Lines that are known beforehand. Each start of the program has a list of (inputs, bytes, what then): the bytes
    come once so many lines were sent since that start. When it is started once more than that, it does what @more has
    for it, or ends; if it @stays, it waits for more input after its last line, where it would end otherwise."""

    def __init__(self, starts, more=None, stays=True):
        self.starts, self.more, self.stays, self.start = starts, more, stays, -1
        self.silent = False

    def begin(self):
        self.start += 1
        self.inputs, self.at, self.ended, self.lines = 0, 0, None, self.more
        if self.start < len(self.starts):
            self.lines = self.starts[self.start]
        elif self.more is None:
            self.lines = [(0, b"", (0, 0))]

    def feed(self, data):
        self.inputs += data.count(b"\n")

    def take(self, all_of_it=False):
        """What it writes now, and whether it has ended: None, or (exit status, signal)."""
        out = []
        while self.at < len(self.lines) and not self.silent and not self.ended:
            after, data, then = self.lines[self.at]
            if after > self.inputs and not all_of_it:
                break
            self.at += 1
            out.append(data)
            if then == "silence":
                self.silent = True
            elif then:
                self.ended = then
        if self.at == len(self.lines) and not self.stays and self.start + 1 >= len(self.starts) and not self.silent:
            self.ended = self.ended or (0, 0)
        return b"".join(out), self.ended

    def input_ended(self):
        if not self.silent:
            self.ended = self.ended or (0, 0)

    def kill(self):
        out, _ = self.take()
        return out

    def clear(self):
        pass

    def asleep(self):
        return True

    def fds(self):
        return []

    def close(self):
        pass


class Reference:
    """The reference solution as a process, and a record of what it writes, as Replay takes it."""

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
                           ASAN_OPTIONS="detect_leaks=0:exitcode=99:allocator_may_return_null=1",
                           UBSAN_OPTIONS="print_stacktrace=1:exitcode=99")
        self.process = subprocess.Popen([path], env=environment, pass_fds=[theirs.fileno()], cwd=os.path.dirname(path))
        theirs.close()

    def judge(self, fds):
        self.socket.sendmsg([b"j"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
        return struct.unpack("i", self.socket.recv(4))[0]

    def close(self):
        self.socket.close()
        self.process.wait()


class Outcome:
    """What came of a dialogue: "pass", "fail", "broken" (no verdict), "crash" or "hang"; "cut": the judge was on its way
    to a "fail", making the dialogue small, which was not waited for."""

    def __init__(self):
        self.kind, self.message, self.sent, self.written = None, "", b"", 0
        self.log, self.held = "", False


class Dialogue:
    """One judge with one program. run() returns an Outcome. A judge that starts the program more often than @starts_max is
    cut off: kit/dialogue.h plays again what has failed, sixty times and more."""

    def __init__(self, server, params, program, seconds, starts_max=None):
        self.starts_max = starts_max
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
                if self.starts == self.starts_max:
                    os.kill(self.pid, signal.SIGKILL)
                    self.outcome.kind = "cut"
                    return
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
        if self.last:
            outcome.message = self.last.get("message", "")
        if outcome.kind:
            return
        if os.WIFSIGNALED(self.status) or os.WEXITSTATUS(self.status) == 99:
            outcome.kind = "crash"
        elif self.status != 0 or not self.last:
            outcome.kind = "broken"
        else:
            outcome.kind = self.last["status"]

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
