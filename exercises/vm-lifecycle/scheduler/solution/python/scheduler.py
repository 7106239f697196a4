"""scheduler.py - places virtual machines on hosts: the reference solution

One job at a time: main() reads a line, the job's function asks placement what
it needs by ask(), a line out and its answer in, and returns the closing line.

What was told of a host is replaced as a whole whenever it is told again, so the
picture of a host is only ever old, never mixed. The hosts of the fleet are kept
in order of what is free on them: the first that passes is the best fit, and a
search seldom looks at more than a few.
"""
import json
import sys
from bisect import bisect_left, insort

RESOURCES = ("vcpu", "mem", "disk")
CONFLICTS_MAX = 4  # of generations, on one host, in one job


class Host:
    def __init__(self, told):
        self.id = told["id"]
        self.cell = told["cell"]
        self.up = told["up"]
        self.arch = told["arch"]
        self.traits = frozenset(told["traits"])
        self.inv = told["inv"]
        self.nodes = told["nodes"]
        self.capacity = {
            name: (inv["total"] - inv["reserved"]) * inv["ratio"]
            for name, inv in self.inv.items()
        }
        self.use(told)

    def use(self, told):
        """Take over what is used, from a line "host" or "usage"."""
        self.gen = told["gen"]
        self.used = told["used"]
        self.used_nodes = told["used_nodes"]
        self.free = [self.capacity[name] - self.used[name] for name in RESOURCES]

    def tightness(self):
        """How much is free, as a share: a best fit has little."""
        return sum(
            free / max(self.capacity[name], 1)
            for name, free in zip(RESOURCES[:2], self.free)
        )

    def takes(self, res):
        for name, free in zip(RESOURCES, self.free):
            amount = res[name]
            inv = self.inv[name]
            if amount > free or amount < inv["min"] or amount > inv["max"]:
                return False
            if amount % inv["step"]:
                return False
        return True

    def nodes_for(self, res, numa):
        """The nodes for an equal part each, [] if none are needed, or None."""
        vcpu, mem = node_part(res, numa)
        fit = [
            i
            for i, (node, used) in enumerate(zip(self.nodes, self.used_nodes))
            if node["vcpu"] - used["vcpu"] >= vcpu
            and node["mem"] - used["mem"] >= mem
        ]
        return fit[:numa] if len(fit) >= numa else None

    def copies(self, res, numa):
        """How many VMs of this size would fit, one after the other."""
        if not self.takes(res):
            return 0
        count = min(
            int(free // res[name])
            for name, free in zip(RESOURCES, self.free)
            if res[name]
        )
        if numa:
            vcpu, mem = node_part(res, numa)
            rooms = [
                min(
                    (node["vcpu"] - used["vcpu"]) // vcpu,
                    (node["mem"] - used["mem"]) // mem,
                )
                for node, used in zip(self.nodes, self.used_nodes)
            ]
            while sum(min(room, count) for room in rooms) < numa * count:
                count -= 1
        return count


def node_part(res, numa):
    return (res["vcpu"] // numa, res["mem"] // numa) if numa else (0, 0)


class Fleet:
    """The hosts, by name and in order of what is free on them."""

    def __init__(self):
        self.hosts = {}
        self.rank = {}  # the order in which they were told of
        self.order = []  # (tightness, rank, id)

    def _key(self, host):
        return (host.tightness(), self.rank[host.id], host.id)

    def _take_out(self, host):
        del self.order[bisect_left(self.order, self._key(host))]

    def tell(self, told):
        """A host as it is, new or known already."""
        host = Host(told)
        old = self.hosts.get(host.id)
        if old:
            self._take_out(old)
        self.rank.setdefault(host.id, len(self.rank))
        self.hosts[host.id] = host
        insort(self.order, self._key(host))

    def tell_usage(self, told):
        host = self.hosts[told["host"]]
        self._take_out(host)
        host.use(told)
        insort(self.order, self._key(host))

    def claimed(self, host, gen, res, nodes, numa):
        """A claim of ours came through: the host is as told, and that."""
        vcpu, mem = node_part(res, numa)
        for i in nodes:
            host.used_nodes[i]["vcpu"] += vcpu
            host.used_nodes[i]["mem"] += mem
        self.tell_usage(
            {
                "host": host.id,
                "gen": gen,
                "used": {n: host.used[n] + res[n] for n in RESOURCES},
                "used_nodes": host.used_nodes,
            }
        )

    def tightest_first(self):
        hosts = self.hosts
        return (hosts[entry[2]] for entry in self.order)


class Vm:
    def __init__(self, request):
        self.spec = request
        self.res = request["res"]
        self.host = None
        self.alternates = []
        self.migration = None  # of a move that is not confirmed yet
        self.source = None  # its host, and
        self.old_res = None  # what the VM had there

    def places(self):
        return {self.host, self.source} - {None}


class Job:
    """What one job has learnt: hosts that are out for all of it."""

    def __init__(self):
        self.out = set()
        self.conflicts = {}

    def conflict(self, host_id):
        count = self.conflicts.get(host_id, 0) + 1
        self.conflicts[host_id] = count
        if count >= CONFLICTS_MAX:
            self.out.add(host_id)


class Scheduler:
    def __init__(self, ask):
        self.ask = ask
        self.forget()

    def forget(self):
        self.fleet = Fleet()
        self.groups = {}
        self.vms = {}
        self.moving = {}  # migration -> VM

    # ---- the rules ----

    def suits(self, host, spec, exclude):
        return (
            host.up
            and host.id not in exclude
            and (spec["arch"] is None or host.arch == spec["arch"])
            and host.traits.issuperset(spec["required"])
            and host.traits.isdisjoint(spec["forbidden"])
        )

    def members(self, group, but):
        """The places of everybody in the group but one VM."""
        places = [{host} for host in group["members"].values()]
        for name, vm in self.vms.items():
            if name != but and vm.spec["group"] == group["id"]:
                places.append(vm.places())
        return [place for place in places if place]

    def room_in_group(self, name, spec):
        """A function: how many more of the group a host may take."""
        if spec["group"] is None:
            return lambda host_id: sys.maxsize
        group = self.groups[spec["group"]]
        places = self.members(group, name)
        if group["rule"] == "affinity":
            taken = set().union(*places)
            return lambda host_id: 0 if taken - {host_id} else sys.maxsize
        return lambda host_id: group["max"] - sum(
            host_id in place for place in places
        )

    # ---- talking with placement ----

    def claim(self, job, name, host, res, numa):
        """True if it came through; else the host's picture is new again."""
        nodes = host.nodes_for(res, numa)
        answer = self.ask(
            {
                "op": "claim", "consumer": name, "host": host.id,
                "gen": host.gen, "res": res, "nodes": nodes,
            }
        )
        if answer["status"] == 204:
            self.fleet.claimed(host, answer["gen"], res, nodes, numa)
            return True
        if answer["code"] == "placement.concurrent_update":
            job.conflict(host.id)
        else:
            job.out.add(host.id)
        self.fleet.tell_usage(self.ask({"op": "get", "host": host.id}))
        return False

    def release(self, consumer):
        self.fleet.tell_usage(
            self.ask({"op": "release", "consumer": consumer})
        )

    def transfer(self, giver, taker):
        self.fleet.tell_usage(
            self.ask({"op": "transfer", "from": giver, "to": taker})
        )

    # ---- choosing ----

    def find(self, job, name, spec, res, exclude=(), count=1, cell=None):
        """The tightest host with room for so many of them, or None."""
        room = self.room_in_group(name, spec)
        for host in self.fleet.tightest_first():
            if (
                host.takes(res)
                and host.id not in job.out
                and (cell is None or host.cell == cell)
                and self.suits(host, spec, exclude)
                and room(host.id) >= 1
                and host.copies(res, spec["numa"]) >= count
            ):
                return host
        return None

    def find_alternates(self, job, name, spec, chosen):
        most = spec["attempts"] - 1
        found = []
        if most == 0:
            return found
        cell = self.fleet.hosts[self.vms[name].host].cell
        room = self.room_in_group(name, spec)
        for host in self.fleet.tightest_first():
            if (
                host.cell == cell
                and host.id not in chosen
                and host.id not in job.out
                and self.suits(host, spec, spec["exclude"])
                and room(host.id) >= 1
                and host.copies(spec["res"], spec["numa"]) >= 1
            ):
                found.append(host.id)
                if len(found) == most:
                    break
        return found

    # ---- jobs ----

    def request(self, line):
        job = Job()
        names = line["vms"]
        for name in names:
            self.vms[name] = Vm(line)
        together = (
            line["group"] is not None
            and self.groups[line["group"]]["rule"] == "affinity"
        )
        done = 0
        while done < len(names):
            left = len(names) - done
            host = self.find(
                job, names[done], line, line["res"], line["exclude"],
                left if together else 1,
            )
            if host:
                if self.claim(job, names[done], host, line["res"],
                              line["numa"]):
                    self.vms[names[done]].host = host.id
                    done += 1
                continue
            job.out.update(self.vms[name].host for name in names[:done])
            self.give_back(names[:done])
            # Those that belong together may still do so elsewhere.
            if not (together and done):
                for name in names:
                    del self.vms[name]
                return {"op": "no_valid_host", "id": line["id"]}
            done = 0
        chosen = {self.vms[name].host for name in names}
        for name in names:
            self.vms[name].alternates = self.find_alternates(
                job, name, line, chosen
            )
        return self.placed(line, names)

    def give_back(self, names):
        for name in names:
            self.release(name)
            self.vms[name].host = None

    def placed(self, line, names):
        return {
            "op": "placed",
            "id": line["id"],
            "map": {name: self.vms[name].host for name in names},
            "alternates": {name: self.vms[name].alternates for name in names},
        }

    def build_failed(self, line):
        job = Job()
        name = line["vm"]
        vm = self.vms[name]
        self.give_back([name])
        room = self.room_in_group(name, vm.spec)
        while vm.alternates and not line["abort"]:
            host = self.fleet.hosts[vm.alternates[0]]
            if (
                host.id in job.out
                or not self.suits(host, vm.spec, vm.spec["exclude"])
                or room(host.id) < 1
                or host.copies(vm.res, vm.spec["numa"]) < 1
            ):
                vm.alternates.pop(0)
            elif self.claim(job, name, host, vm.res, vm.spec["numa"]):
                vm.host = vm.alternates.pop(0)
                return self.placed(line, [name])
        del self.vms[name]
        return {"op": "no_valid_host", "id": line["id"]}

    def move(self, line):
        job = Job()
        name = line["vm"]
        vm = self.vms[name]
        res = line["res"] or vm.res
        source = vm.host
        exclude = [source] if line["kind"] == "migrate" else []
        cell = self.fleet.hosts[source].cell
        self.transfer(name, line["id"])
        while True:
            host = self.find(job, name, vm.spec, res, exclude, cell=cell)
            if not host:
                self.transfer(line["id"], name)
                return {"op": "no_valid_host", "id": line["id"]}
            if self.claim(job, name, host, res, vm.spec["numa"]):
                break
        vm.host, vm.source = host.id, source
        vm.res, vm.old_res = res, vm.res
        vm.alternates = []
        vm.migration = line["id"]
        self.moving[line["id"]] = name
        return self.placed(line, [name])

    def confirm(self, line):
        vm = self.vms[self.moving.pop(line["move"])]
        self.release(line["move"])
        vm.source = vm.old_res = vm.migration = None
        return {"op": "done", "id": line["id"]}

    def revert(self, line):
        name = self.moving.pop(line["move"])
        vm = self.vms[name]
        self.release(name)
        self.transfer(line["move"], name)
        vm.host, vm.res = vm.source, vm.old_res
        vm.source = vm.old_res = vm.migration = None
        return {"op": "done", "id": line["id"]}

    # ---- news ----

    def news(self, line):
        op = line["op"]
        if op == "fleet":
            self.forget()
        elif op == "host":
            self.fleet.tell(line)
        elif op == "usage":
            self.fleet.tell_usage(line)
        elif op == "group":
            self.groups[line["id"]] = line
        elif op == "vm_gone":
            vm = self.vms.pop(line["vm"])
            self.moving.pop(vm.migration, None)


JOBS = {"request", "build_failed", "move", "confirm", "revert"}


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def ask(line):
    say(line)
    return json.loads(sys.stdin.readline())


def main():
    scheduler = Scheduler(ask)
    for text in iter(sys.stdin.readline, ""):
        line = json.loads(text)
        if line["op"] in JOBS:
            say(getattr(scheduler, line["op"])(line))
        else:
            scheduler.news(line)


main()
