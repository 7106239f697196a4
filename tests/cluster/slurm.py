"""A Slurm of one node, for one test: started here, and gone afterwards.

munged, slurmctld and slurmd run in the foreground as our own children, each
with files, sockets and ports of this test alone, so that a Slurm that this
machine may really be part of notices nothing. Accounting, cgroups and
task plugins are left out: what is tested is what a grader's job script does.
"""
import os
import pwd
import shutil
import socket
import subprocess
import time

START_SECONDS = 60
STOP_SECONDS = 20

CONFIGURATION = """\
ClusterName=assay{port}
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
MpiDefault=none
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldParameters=enable_configless
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1
ReturnToService=2
KillWait=5
MinJobAge=300
InactiveLimit=0
NodeName={host} NodeAddr=127.0.0.1 Port={node_port} CPUs={cpus} Boards=1 \
SocketsPerBoard=1 CoresPerSocket={cpus} ThreadsPerCore=1 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Trouble(Exception):
    """It did not come up, or did not do what was asked."""


class Slurm:
    def __init__(self, folder):
        self.folder = folder
        self.started = []
        self.environment = dict(os.environ,
                                SLURM_CONF=folder + "/slurm.conf")

    def __enter__(self):
        try:
            self.prepare()
            self.start_munge()
            self.spawn(["slurmctld", "-D", "-i"])
            self.spawn(["slurmd", "-D", "-N", self.host])
            self.wait_until(self.is_idle, "no node came up")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def prepare(self):
        port, node_port = free_ports(2)
        self.host = socket.gethostname().split(".")[0]
        for name in ("munge", "state", "spool"):
            os.mkdir(os.path.join(self.folder, name))
        # munged refuses a socket's folder that others may not enter, and a
        # key's folder that they may write to
        os.chmod(self.folder, 0o755)
        os.chmod(self.folder + "/munge", 0o755)
        with open(self.folder + "/slurm.conf", "w",
                  encoding="utf-8") as file:
            file.write(CONFIGURATION.format(
                folder=self.folder, port=port, node_port=node_port,
                host=self.host, cpus=os.cpu_count(),
                user=pwd.getpwuid(os.getuid()).pw_name))

    def start_munge(self):
        here = self.folder + "/munge/"
        with open(os.open(here + "key", os.O_CREAT | os.O_WRONLY, 0o600),
                  "wb") as key:
            key.write(os.urandom(128))
        self.spawn(["munged", "--foreground", "--key-file=" + here + "key",
                    "--socket=" + here + "socket", "--log-file=" + here +
                    "log", "--pid-file=" + here + "pid", "--seed-file=" +
                    here + "seed", "--num-threads=2"])
        self.wait_until(lambda: os.path.exists(here + "socket"),
                        "munged made no socket")

    def spawn(self, command):
        path = shutil.which(command[0], path=os.environ["PATH"] +
                            ":/usr/sbin:/sbin")
        if not path:
            raise Trouble(command[0] + ": not installed; see make deps")
        with open("%s/%s.out" % (self.folder, command[0]), "wb") as out:
            self.started.append(subprocess.Popen(
                [path] + command[1:], env=self.environment, stdout=out,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                cwd=self.folder))

    def log(self):
        text = ""
        for name in ("munge/log", "munged.out", "slurmctld.out",
                     "slurmd.out", "slurmctld.log", "slurmd.log"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    text += "== %s\n%s" % (
                        name, "".join(file.readlines()[-15:]))
        return text

    def wait_until(self, happened, otherwise, seconds=START_SECONDS):
        until = time.monotonic() + seconds
        while not happened():
            for process in self.started:
                if process.poll() is not None:
                    raise Trouble("%s ended with %d\n%s" % (
                        process.args[0], process.returncode, self.log()))
            if time.monotonic() > until:
                raise Trouble("%s in %d s\n%s" % (otherwise, seconds,
                                                  self.log()))
            time.sleep(0.1)

    def run(self, *command, cwd=None):
        """What it prints; Trouble if it fails."""
        done = subprocess.run(command, env=self.environment, cwd=cwd,
                              stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=60, check=False)
        if done.returncode != 0:
            raise Trouble("%s: %s" % (" ".join(command), done.stderr))
        return done.stdout.strip()

    def is_idle(self):
        try:
            return self.run("sinfo", "-h", "-o", "%T") == "idle"
        except Trouble:
            return False

    def states(self, job):
        """{task: state} of a job array, pending ones one by one."""
        text = self.run("squeue", "-h", "-a", "-r", "-t", "all", "-j", job,
                        "-o", "%K %T")
        return dict(line.split() for line in text.splitlines())

    def stop(self):
        """End what was started, last first, by its id."""
        for process in reversed(self.started):
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.started = []
