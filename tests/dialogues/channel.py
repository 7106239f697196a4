"""The harness, and a candidate's process with a driver in it, played to a judge of an exercise with an interface in C.

What assay/judge.h has of that is here: parameters, answers to probes, the end of the program, a channel and a history.
Every message of the program's goes through a meddler, which may have it say something else, or nothing.
"""

import errno
import fcntl
import json
import os
import select
import signal
import socket
import time

from interface import History
from player import PIPE, Outcome

ABOVE = 100  # descriptors that nothing else has
MESSAGE_MAX = 4096
DELAY = 0.02  # of a message that is held back, if no other comes


class Driver:
    """A program that was linked with an exercise's driver, as a process."""

    def __init__(self, path, history_fd):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, ABOVE) for fd in (theirs.fileno(), history_fd)]
        self.pid = os.posix_spawn(path, [path], {}, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, 0, 2), (os.POSIX_SPAWN_DUP2, fds[0], 3), (os.POSIX_SPAWN_DUP2, fds[1], 4)])
        for fd in fds:
            os.close(fd)
        theirs.close()
        self.socket, self.status = ours, None
        ours.setblocking(False)

    def tell(self, command):
        try:
            self.socket.send(command)
        except OSError:
            pass

    def wait(self):
        """For its end: (exit status, signal)."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return max(self.status, 0), -min(self.status, 0)

    def kill(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def looks(self):
        """Processor time in us, threads, and threads that do not sleep."""
        if self.status is not None:
            return 0, 0, 0
        try:
            cpu_us = time.clock_gettime_ns((~self.pid << 3) | 2) // 1000  # its clock, by clock_getcpuclockid(3)
            threads = os.listdir(f"/proc/{self.pid}/task")
            states = [self._state(thread) for thread in threads]
        except OSError:
            return 0, 0, 0
        return cpu_us, len(threads), sum(state not in "SZX" for state in states)

    def _state(self, thread):
        try:
            with open(f"/proc/{self.pid}/task/{thread}/stat", "rb", buffering=0) as stat:
                return chr(stat.read(512).rpartition(b")")[2].split()[0][0])
        except OSError:
            return "X"

    def close(self):
        self.kill()
        self.socket.close()


class Play:
    """One judge with one program. run() returns an Outcome."""

    def __init__(self, server, params, make_program, meddler, seconds):
        self.server, self.meddler, self.outcome = server, meddler, Outcome()
        self.until = time.monotonic() + seconds
        size = params["history_bytes"]
        self.history_fd = os.memfd_create("history", os.MFD_CLOEXEC)
        os.truncate(self.history_fd, size)
        self.history = History(self.history_fd, size)
        self.program = make_program(self.history_fd)
        self.events, theirs_events = socket.socketpair()
        self.channel, theirs_channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.verdict, theirs_verdict = os.pipe()
        self.log, nothing = os.memfd_create("log"), os.open("/dev/null", os.O_RDWR)
        self.events.sendall(json.dumps(params).encode() + b"\n")
        self.pid = server.judge([theirs_events.fileno(), theirs_verdict, theirs_channel.fileno(), self.history_fd,
                                 nothing, nothing, self.log])
        os.close(theirs_verdict)
        os.close(nothing)
        theirs_events.close()
        theirs_channel.close()
        os.set_blocking(self.verdict, False)
        self.channel.setblocking(False)
        self.events.setblocking(False)  # it may ask on and on without a look at the answers
        self.lines, self.verdicts, self.behind, self.status = b"", [], False, None
        self.commands, self.replies, self.held = {}, 0, []  # commands by sequence
        self.alive, self.silent, self.busy, self.begun = True, False, False, time.monotonic()
        meddler.begin(self)

    def run(self):
        poll = select.poll()
        handlers = {self.verdict: self._requests, self.channel.fileno(): self._commands,
                    self.program.socket.fileno(): self._replies, self.server.socket.fileno(): self._ended}
        for fd in handlers:
            poll.register(fd, select.POLLIN)
        while self.status is None:
            ready = poll.poll(DELAY * 1000 if self.held else 50)
            for fd, _ in ready:
                if handlers[fd]() is False:
                    poll.unregister(fd)
            if self.held and not ready:
                self.release()
            if self.status is None and time.monotonic() > self.until:
                os.kill(self.pid, signal.SIGKILL)
                self.outcome.kind = "hang"
                self.until += 60
        self._requests()
        self._close()
        return self.outcome

    # ---- what the program does; meddlers call these ----

    def say(self, message):
        """To the judge, as the program."""
        try:
            self.channel.send(message)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EAGAIN, errno.EBADF):
                raise

    def release(self):
        for message in self.held:
            self.say(message)
        self.held = []

    def end(self, exit_status, number):
        """The program has ended, and the harness says so."""
        if not self.alive:
            return
        self.program.kill()
        self.alive = False
        self.channel.close()
        self._tell(type="ended", outcome="signaled" if number else "exited", exit_status=exit_status, signal=number,
                   wall_us=1000, cpu_us=1000)

    # ---- what comes ----

    def _replies(self):
        if not self.alive:
            return False
        try:
            message = self.program.socket.recv(MESSAGE_MAX)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            message = b""
        if not message:
            self.release()
            self.meddler.ended(self, *self.program.wait())
            return False
        self.replies += 1
        if not self.silent:
            held, self.held = self.held, []
            self.meddler.reply(self, message)
            for message in held:
                self.say(message)
        return True

    def _commands(self):
        if not self.alive:
            return False
        try:
            command = self.channel.recv(MESSAGE_MAX)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        if not command:
            return False
        sequence, *what = self.meddler.interface.read(command)
        self.commands[sequence] = what
        self.meddler.command(self, sequence, what[0], what[1])
        self.program.tell(command)
        return True

    def _requests(self):
        try:
            data = os.read(self.verdict, PIPE)
        except BlockingIOError:
            return True
        *lines, self.lines = (self.lines + data).split(b"\n")
        for line in map(json.loads, lines):
            self.behind |= bool(self.verdicts)
            if line["type"] == "verdict":
                self.verdicts.append(line)
            elif line["type"] in ("probe", "threads"):
                self._answer(line["type"])
        return bool(data)

    def _answer(self, request):
        cpu_us, threads, running = self.program.looks()
        if self.busy:
            cpu_us, running = int((time.monotonic() - self.begun) * 1e6), max(1, running)
        if request == "threads":
            self._tell(type=request, alive=self.alive, for_good=running == 0)
        else:
            self._tell(type=request, cpu_us=cpu_us, threads=threads, running=running, alive=self.alive)

    def _tell(self, **event):
        try:
            self.events.sendall(json.dumps(event).encode() + b"\n")
        except OSError:
            pass

    def _ended(self):
        answer = self.server.socket.recv(4)
        self.status = int.from_bytes(answer, "little", signed=True)
        return False

    def _close(self):
        outcome = self.outcome
        outcome.log = os.pread(self.log, 1 << 16, 0).decode(errors="replace")
        outcome.judge_ended(self.status, self.verdicts[-1] if self.verdicts else None, outcome.kind == "hang")
        outcome.late = bool(self.verdicts) and self.verdicts[-1].get("late", False)
        if outcome.kind in ("pass", "fail") and self.behind:
            outcome.kind, outcome.message = "broken", "there are lines behind its verdict"
        self.program.close()
        self.history.close()
        self.events.close()
        self.channel.close()
        for fd in (self.verdict, self.log, self.history_fd):
            os.close(fd)
