"""machine.py - the life of virtual machines, as a table of states. See README.md."""
import json
import sys

# Columns: name, lock, host, launched, vm_states, task_states, path, ends, fails.
ACTIONS = [
    ("create", "-", "-", "-", "-", "-",
     "scheduling block_device_mapping networking spawning",
     "active", "error"),
    ("start", "lock", "set", "launched", "stopped", "none",
     "powering-on", "active", "same"),
    ("stop", "lock", "set", "launched", "active error", "none",
     "powering-off", "stopped", "same"),
    ("pause", "lock", "-", "launched", "active", "none",
     "pausing", "paused", "same"),
    ("unpause", "lock", "-", "launched", "paused", "none",
     "unpausing", "active", "same"),
    ("suspend", "lock", "-", "launched", "active", "none",
     "suspending", "suspended", "same"),
    ("resume", "lock", "-", "launched", "suspended", "none",
     "resuming", "active", "same"),
    ("soft_reboot", "lock", "-", "launched", "active", "none",
     "rebooting reboot_pending reboot_started", "active", "reboot"),
    ("hard_reboot", "lock", "-", "launched",
     "active stopped paused suspended error",
     "none rebooting reboot_pending reboot_started rebooting_hard pausing"
     " unpausing suspending resuming",
     "rebooting_hard reboot_pending_hard reboot_started_hard",
     "active", "reboot"),
    ("rescue", "lock", "-", "launched", "active stopped error", "none",
     "rescuing", "rescued", "error"),
    ("unrescue", "lock", "-", "launched", "rescued", "none",
     "unrescuing", "active", "error"),
    ("resize", "lock", "up", "launched", "active stopped", "none",
     "resize_prep resize_migrating resize_migrated resize_finish",
     "resized", "error"),
    ("confirm_resize", "lock", "-", "launched", "resized", "none",
     "none", "power", "error"),
    ("revert_resize", "lock", "-", "launched", "resized", "none",
     "resize_reverting", "active", "error"),
    ("live_migrate", "lock", "-", "launched", "active paused", "none",
     "migrating", "same", "same"),
    ("live_migrate_force_complete", "lock", "-", "launched", "active",
     "migrating", "-", "-", "-"),
    ("live_migrate_abort", "lock", "-", "launched", "any",
     "migrating", "-", "-", "-"),
    ("shelve", "lock", "-", "launched", "active stopped paused suspended",
     "none",
     "shelving shelving_image_pending_upload shelving_image_uploading",
     "shelved", "same"),
    ("shelve_offload", "lock", "-", "launched", "shelved", "none",
     "shelving_offloading", "shelved_offloaded", "same"),
    ("unshelve", "lock", "-", "launched", "shelved shelved_offloaded",
     "none", "unshelving spawning", "active", "same"),
    ("snapshot", "-", "-", "launched", "active stopped paused suspended",
     "none",
     "image_snapshot_pending image_snapshot image_pending_upload"
     " image_uploading", "same", "same"),
    ("backup", "-", "-", "launched", "active stopped paused suspended",
     "none", "image_backup image_pending_upload image_uploading",
     "same", "same"),
    ("rebuild", "lock", "-", "launched", "active stopped error", "none",
     "rebuilding rebuild_block_device_mapping rebuild_spawning",
     "active", "error"),
    ("evacuate", "-", "-", "launched", "active stopped error", "any",
     "rebuilding rebuild_block_device_mapping rebuild_spawning",
     "active", "error"),
    ("soft_delete", "lock", "-", "launched", "any", "any",
     "soft-deleting", "soft-delete", "error"),
    ("restore", "lock", "-", "launched", "soft-delete", "none",
     "restoring", "active", "same"),
    ("force_delete", "lock", "-", "-", "any", "any",
     "deleting", "deleted", "error"),
    ("delete", "lock", "-", "-", "any", "any",
     "deleting", "deleted", "error"),
]

SNAPSHOTS = {"image_snapshot_pending", "image_snapshot", "image_backup",
             "image_pending_upload", "image_uploading"}
REBUILDS = {"rebuilding", "rebuild_block_device_mapping", "rebuild_spawning"}
SOFT_REBOOTS = {"rebooting", "reboot_pending", "reboot_started"}
MOVES = {"resize", "evacuate", "live_migrate", "unshelve"}
# These go back to how the machine was: stopped, if it was stopped.
GO_BACK = {"rebuild", "evacuate", "revert_resize"}
RETRIED = {"powering-on": "start", "powering-off": "stop"}


def words(text):
    return [None if word == "none" else word for word in text.split()]


class Action:
    """A row of the table."""

    def __init__(self, name, lock, host, launched, vm_states, task_states,
                 path, ends, fails):
        self.name = name
        self.guards_lock = lock == "lock"
        self.needs_host = host != "-"
        self.needs_host_up = host == "up"
        self.needs_launch = launched == "launched"
        self.vm_states = None if vm_states == "any" else set(words(vm_states))
        self.task_states = (None if task_states == "any"
                            else set(words(task_states)))
        self.path = [] if path == "-" else words(path)
        self.ends = ends
        self.fails = fails

    def takes(self, task_state):
        return self.task_states is None or task_state in self.task_states


TABLE = {row[0]: Action(*row) for row in ACTIONS}


class Machine:
    """One virtual machine, and the operation that it is in, if any."""

    def __init__(self, vm, host):
        self.vm = vm
        self.vm_state = "building"
        self.task_state = None
        self.power = "nostate"
        self.host = host
        self.source = None         # where a resize came from
        self.launched = False
        self.locked = False
        self.was_stopped = False   # before a resize or rebuild
        self.forget()

    def forget(self):
        """No operation any more: whatever is still done for it is stale."""
        self.action = None
        self.token = None
        self.phase = 0
        self.act = {}

    def place(self, line):
        """An operator's edit of the record."""
        self.vm_state = line["vm_state"]
        self.task_state = line["task_state"]
        self.power = line["power"]
        self.host = line["host"]
        self.launched = line["launched"]
        self.locked = line["locked"]
        self.source = None
        self.was_stopped = False
        self.forget()


class Service:
    """All machines, and what is said about them."""

    def __init__(self, out):
        self.out = out
        self.machines = {}
        self.down = set()       # hosts
        self.owners = {}        # token of an operation to its machine
        self.tokens = 0
        self.checked = {}       # id of a check to its line

    # ---- what is written ----

    def say(self, **line):
        self.out.append(json.dumps(line))

    def say_state(self, machine):
        self.say(op="state", vm=machine.vm, vm_state=machine.vm_state,
                 task_state=machine.task_state, power=machine.power,
                 host=machine.host)

    def respond(self, line, code, attr=None):
        self.say(op="resp", id=line["id"], code=code, attr=attr)

    def cast(self, machine, action):
        """Ask the host to do something; returns the token."""
        self.tokens += 1
        self.say(op="cast", token=self.tokens, action=action.name,
                 vm=machine.vm, phase=machine.task_state)
        return self.tokens

    # ---- an operation: begin, next phase, end ----

    def enter_phase(self, machine, phase):
        self.owners.pop(machine.token, None)
        machine.phase = phase
        machine.task_state = machine.action.path[phase]
        self.say_state(machine)
        machine.token = self.cast(machine, machine.action)
        self.owners[machine.token] = machine

    def begin(self, machine, action, act):
        """Whatever went on before is preempted: its token is not ours."""
        if action.name in ("resize", "rebuild", "evacuate"):
            machine.was_stopped = machine.vm_state == "stopped"
        machine.action = action
        machine.act = act
        self.enter_phase(machine, 0)

    def settle(self, machine, vm_state):
        """The operation is over."""
        self.owners.pop(machine.token, None)
        machine.forget()
        machine.vm_state = vm_state
        machine.task_state = None

    def fail(self, machine):
        fails = machine.action.fails
        vm_state = machine.vm_state
        if fails == "error":
            vm_state = "error"
        elif fails == "reboot":
            vm_state = "active" if machine.power == "running" else "error"
        self.settle(machine, vm_state)
        self.say_state(machine)

    def move(self, machine, name, act):
        """Where the machine is after it has ended well."""
        if name == "resize":
            machine.source = machine.host
        if name in MOVES:
            machine.host = act.get("host") or machine.host
        elif name == "revert_resize":
            machine.host = machine.source or machine.host
        elif name in ("shelve_offload", "delete", "force_delete"):
            machine.host = None
        if name in ("confirm_resize", "revert_resize"):
            machine.source = None

    def succeed(self, machine):
        action, act = machine.action, machine.act
        vm_state = action.ends
        if vm_state == "same":
            vm_state = machine.vm_state
        elif vm_state == "power":
            vm_state = "stopped" if machine.power == "shutdown" else "active"
        self.settle(machine, vm_state)
        self.move(machine, action.name, act)
        if action.name == "create":
            machine.launched = True
        if action.name in GO_BACK and machine.was_stopped:
            self.begin(machine, TABLE["stop"], {})
        elif action.name == "shelve" and act.get("offload"):
            self.begin(machine, TABLE["shelve_offload"], {})
        else:
            self.say_state(machine)

    # ---- the guards ----

    def refusal(self, machine, action, line):
        """What refuses an action, as a code and a word; None if nothing."""
        if action.guards_lock and machine.locked and not line.get("admin"):
            return 409, "locked"
        if action.needs_host and machine.host is None:
            return 409, "not_ready"
        if action.needs_host_up and machine.host in self.down:
            return 409, "host_down"
        if (action.vm_states is not None
                and machine.vm_state not in action.vm_states):
            return 409, "vm_state"
        if not action.takes(machine.task_state):
            return 409, "task_state"
        if action.needs_launch and not machine.launched:
            return 409, "not_launched"
        if (action.name == "evacuate" and machine.host is not None
                and machine.host not in self.down):
            return 400, "host_up"
        if action.name in ("confirm_resize", "revert_resize") and (
                machine.action is TABLE["confirm_resize"]):
            return 400, "no_migration"
        if action.name == "confirm_resize" and machine.source in self.down:
            return 409, "host_down"
        return None

    def accept(self, machine, action, line):
        self.respond(line, 202)
        if action.path:
            self.begin(machine, action, line)
        else:                   # a word to the operation that goes on
            self.say_state(machine)
            self.cast(machine, action)

    # ---- lines that are read ----

    def on_create(self, line):
        machine = Machine(line["vm"], line["host"])
        self.machines[machine.vm] = machine
        self.begin(machine, TABLE["create"], line)

    def on_set(self, line):
        machine = self.machines.get(line["vm"])
        if machine is None:
            machine = Machine(line["vm"], None)
            self.machines[machine.vm] = machine
        self.owners.pop(machine.token, None)
        machine.place(line)
        self.say_state(machine)

    def guard(self, line):
        """The machine and the action of a line; answers if it is refused."""
        machine = self.machines.get(line["vm"])
        if machine is None:
            self.respond(line, 404, "unknown")
            return None
        refused = self.refusal(machine, TABLE[line["action"]], line)
        if refused:
            self.respond(line, *refused)
            return None
        return machine

    def on_act(self, line):
        if line["action"] in ("lock", "unlock"):
            self.lock(line)
            return
        machine = self.guard(line)
        if machine:
            self.accept(machine, TABLE[line["action"]], line)

    def lock(self, line):
        machine = self.machines.get(line["vm"])
        if machine is None:
            self.respond(line, 404, "unknown")
            return
        machine.locked = line["action"] == "lock"
        self.respond(line, 202)
        self.say_state(machine)

    def on_check(self, line):
        if self.guard(line):
            self.checked[line["id"]] = line

    def on_commit(self, line):
        check = self.checked.pop(line["id"], None)
        if check is None:
            return
        machine = self.machines[check["vm"]]
        action = TABLE[check["action"]]
        if action.takes(machine.task_state):
            self.accept(machine, action, check)
        else:
            self.respond(check, 409, "conflict")

    def on_done(self, line):
        machine = self.owners.get(line["token"])
        if machine is None:
            return              # late, doubled, preempted, or of no operation
        machine.power = line["power"]
        if not line["ok"]:
            self.fail(machine)
        elif machine.phase + 1 < len(machine.action.path):
            self.enter_phase(machine, machine.phase + 1)
        else:
            self.succeed(machine)

    def on_power(self, line):
        machine = self.machines.get(line["vm"])
        if (machine is None or machine.task_state is not None
                or machine.host != line["host"]):
            return
        machine.power = line["power"]
        if (machine.vm_state, machine.power) in (("active", "shutdown"),
                                                 ("stopped", "running")):
            self.begin(machine, TABLE["stop"], {})
        else:
            self.say_state(machine)

    def on_host_down(self, line):
        self.down.add(line["host"])

    def on_init_host(self, line):
        self.down.discard(line["host"])
        for machine in self.machines.values():
            if machine.host == line["host"]:
                self.recover(machine, line["powers"].get(machine.vm))

    def recover(self, machine, power):
        """The host's service has started again: what of the task?"""
        task = machine.task_state
        if machine.vm_state == "building" or task in REBUILDS:
            self.settle(machine, "error")
        elif task == "resize_prep" or task in SNAPSHOTS:
            self.settle(machine, machine.vm_state)
        elif task == "deleting":
            self.settle(machine, "deleted")
            machine.host = None
        elif task in RETRIED:
            self.begin(machine, TABLE[RETRIED[task]], {})
            return
        elif task in SOFT_REBOOTS and power == "shutdown":
            self.begin(machine, TABLE["hard_reboot"], {})
            return
        else:
            return
        self.say_state(machine)

    def on_sync(self, line):
        self.say(op="synced", n=line["n"])


def main():
    out = []
    service = Service(out)
    handlers = {name[3:]: getattr(service, name)
                for name in dir(Service) if name.startswith("on_")}
    for text in sys.stdin:
        line = json.loads(text)
        handlers[line["op"]](line)
        if out:
            sys.stdout.write("\n".join(out) + "\n")
            sys.stdout.flush()
            out.clear()


main()
