// scheduler.cc - places virtual machines on hosts: the reference solution
//
// One job at a time: main() reads a line, the job's function asks placement
// what it needs by ask(), a line out and its answer in, and returns the closing
// line.
//
// What was told of a host is replaced as a whole whenever it is told again, so
// the picture of a host is only ever old, never mixed. The fleet keeps its
// hosts in order of what is free on them: the first that passes is the best
// fit, and a search seldom looks at more than a few.
#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <jansson.h>

namespace {

constexpr unsigned conflicts_max = 4; // of generations, on a host, in a job
constexpr std::array resource_names = { "vcpu", "mem", "disk" };
constexpr std::size_t resource_count = resource_names.size();

using Amounts = std::array<std::int64_t, resource_count>;
using Names = std::vector<std::string>;

// ---- JSON ----

struct Decref {
	void operator()(json_t *value) const
	{
		json_decref(value);
	}
};
using Json = std::unique_ptr<json_t, Decref>;

const json_t *at(const json_t *object, const std::string &key)
{
	return json_object_get(object, key.c_str());
}

std::string text(const json_t *value)
{
	const char *bytes = json_string_value(value);

	return bytes ? bytes : "";
}

std::int64_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

Amounts amounts(const json_t *object)
{
	Amounts result{};

	for (std::size_t i = 0; i < resource_count; i++)
		result[i] = number(object, resource_names[i]);
	return result;
}

Names names(const json_t *array)
{
	Names result;

	for (std::size_t i = 0; i < json_array_size(array); i++)
		result.push_back(text(json_array_get(array, i)));
	return result;
}

json_t *list(const Names &names)
{
	json_t *array = json_array();

	for (const auto &name : names)
		json_array_append_new(array, json_string(name.c_str()));
	return array;
}

bool has(const Names &names, const std::string &name)
{
	return std::find(names.begin(), names.end(), name) != names.end();
}

// ---- hosts ----

struct Node {
	std::int64_t vcpu, mem;
};

std::vector<Node> nodes_of(const json_t *array)
{
	std::vector<Node> result;

	for (std::size_t i = 0; i < json_array_size(array); i++) {
		const json_t *node = json_array_get(array, i);

		result.push_back({ number(node, "vcpu"), number(node, "mem") });
	}
	return result;
}

struct Inventory {
	std::int64_t min, max, step;
};

// What a VM needs of a host; a part is what each of its nodes has to give.
struct Size {
	Amounts res;
	std::int64_t numa;

	Node part() const
	{
		return { res[0] / numa, res[1] / numa };
	}
};

struct Host {
	std::string id, cell, arch;
	bool up;
	Names traits;
	std::array<Inventory, resource_count> inv;
	std::array<double, resource_count> capacity;
	std::vector<Node> nodes;
	std::int64_t gen;
	Amounts used;
	std::vector<Node> used_nodes;
	std::size_t rank = 0; // the order in which hosts were told of

	explicit Host(const json_t *told)
		: id(text(at(told, "id"))), cell(text(at(told, "cell"))),
		  arch(text(at(told, "arch"))),
		  up(json_is_true(at(told, "up"))),
		  traits(names(at(told, "traits"))),
		  nodes(nodes_of(at(told, "nodes")))
	{
		for (std::size_t i = 0; i < resource_count; i++) {
			const json_t *of = at(at(told, "inv"),
					      resource_names[i]);

			inv[i] = { number(of, "min"), number(of, "max"),
				   number(of, "step") };
			capacity[i] = static_cast<double>(
					      number(of, "total") -
					      number(of, "reserved")) *
				      json_number_value(at(of, "ratio"));
		}
		use(told);
	}

	// Take over what is used, from a line "host" or "usage".
	void use(const json_t *told)
	{
		gen = number(told, "gen");
		used = amounts(at(told, "used"));
		used_nodes = nodes_of(at(told, "used_nodes"));
	}

	double room(std::size_t resource) const
	{
		return capacity[resource] - static_cast<double>(used[resource]);
	}

	// How much is free, as a share: a best fit has little.
	double looseness() const
	{
		return room(0) / std::max(capacity[0], 1.0) +
		       room(1) / std::max(capacity[1], 1.0);
	}

	bool takes(const Amounts &res) const
	{
		for (std::size_t i = 0; i < resource_count; i++)
			if (static_cast<double>(res[i]) > room(i) ||
			    res[i] < inv[i].min || res[i] > inv[i].max ||
			    res[i] % inv[i].step)
				return false;
		return true;
	}

	// How many such parts the node has room for.
	std::int64_t parts(std::size_t node, const Node &part) const
	{
		return std::min(
			(nodes[node].vcpu - used_nodes[node].vcpu) / part.vcpu,
			(nodes[node].mem - used_nodes[node].mem) / part.mem);
	}

	// How many VMs of this size would fit, one after the other.
	std::int64_t copies(const Size &size) const
	{
		std::int64_t count = INT64_MAX;

		if (!takes(size.res))
			return 0;
		for (std::size_t i = 0; i < resource_count; i++)
			count = std::min(count, static_cast<std::int64_t>(
							room(i)) /
							size.res[i]);
		while (size.numa && count) {
			std::int64_t places = 0;

			for (std::size_t i = 0; i < nodes.size(); i++)
				places += std::min(parts(i, size.part()),
						   count);
			if (places >= size.numa * count)
				break;
			count--;
		}
		return count;
	}

	// Nodes for one VM that fits.
	std::vector<std::size_t> nodes_for(const Size &size) const
	{
		std::vector<std::size_t> result;
		auto numa = static_cast<std::size_t>(size.numa);

		for (std::size_t i = 0;
		     i < nodes.size() && result.size() < numa; i++)
			if (parts(i, size.part()) > 0)
				result.push_back(i);
		return result;
	}
};

// The hosts, by name and in order of what is free on them.
class Fleet {
    public:
	Host &operator[](const std::string &id)
	{
		return hosts.at(id);
	}

	// A host as it is, new or known already.
	void tell(const json_t *told)
	{
		Host host(told);
		auto known = hosts.find(host.id);

		host.rank = known == hosts.end() ? hosts.size()
						 : known->second.rank;
		if (known != hosts.end())
			order.erase(key(known->second));
		Host &kept = hosts.insert_or_assign(host.id, host).first->second;
		order.emplace(key(kept), &kept);
	}

	void change(Host &host, const std::function<void()> &how)
	{
		order.erase(key(host));
		how();
		order.emplace(key(host), &host);
	}

	void tell_usage(const json_t *told)
	{
		Host &host = hosts.at(text(at(told, "host")));

		change(host, [&] { host.use(told); });
	}

	// A claim of ours came through: the host is as told, and that.
	void claimed(Host &host, std::int64_t gen, const Size &size,
		     const std::vector<std::size_t> &nodes)
	{
		change(host, [&] {
			host.gen = gen;
			for (std::size_t i = 0; i < resource_count; i++)
				host.used[i] += size.res[i];
			for (auto node : nodes) {
				host.used_nodes[node].vcpu += size.part().vcpu;
				host.used_nodes[node].mem += size.part().mem;
			}
		});
	}

	// The first for which @will_do, the fullest first.
	Host *find(const std::function<bool(const Host &)> &will_do) const
	{
		for (const auto &[key, host] : order)
			if (will_do(*host))
				return host;
		return nullptr;
	}

    private:
	using Key = std::pair<double, std::size_t>;

	static Key key(const Host &host)
	{
		return { host.looseness(), host.rank };
	}

	std::unordered_map<std::string, Host> hosts;
	std::map<Key, Host *> order;
};

// ---- VMs and groups ----

// What a request said of each of its VMs.
struct Spec {
	Size size;
	std::string arch, group; // "": any, none
	Names required, forbidden, exclude;
	std::size_t attempts;

	explicit Spec(const json_t *request)
		: size{ amounts(at(request, "res")), number(request, "numa") },
		  arch(text(at(request, "arch"))),
		  group(text(at(request, "group"))),
		  required(names(at(request, "required"))),
		  forbidden(names(at(request, "forbidden"))),
		  exclude(names(at(request, "exclude"))),
		  attempts(static_cast<std::size_t>(
			  number(request, "attempts")))
	{
	}
};

struct Vm {
	Spec spec;
	Names alternates = {};
	std::string host = {};   // "": nowhere yet
	std::string source = {}; // of a move that is not settled
	std::string move = {};
	Size old_size = spec.size;

	bool is_on(const std::string &id) const
	{
		return host == id || source == id;
	}
	bool is_elsewhere(const std::string &id) const
	{
		return (!host.empty() && host != id) ||
		       (!source.empty() && source != id);
	}
};

struct Group {
	bool affinity;
	std::int64_t max;
	Names strangers; // hosts with members of others
};

// What one job has learnt.
struct Job {
	Names out;
	std::map<std::string, unsigned> conflicts = {};
};

// ---- the scheduler ----

class Scheduler {
    public:
	void news(const json_t *line);
	Json request(const json_t *line);
	Json build_failed(const json_t *line);
	Json move(const json_t *line);
	Json confirm(const json_t *line);
	Json revert(const json_t *line);

	static void say(Json line);

    private:
	static Json ask(json_t *line);
	bool claim(Job &job, const std::string &name, Host &host,
		   const Size &size);
	void release(const std::string &consumer);
	void transfer(const std::string &from, const std::string &to);

	bool suits(const Host &host, const Spec &spec,
		   const Names &exclude) const;
	bool group_allows(const std::string &name, const Spec &spec,
			  const Host &host) const;
	bool may_go(const Job &job, const std::string &name, const Spec &spec,
		    const Size &size, const Names &exclude,
		    const Host &host) const;
	bool together(const Spec &spec) const;
	bool place_all(Job &job, const Names &vms);
	Names find_alternates(const Job &job, const std::string &name,
			      const Names &chosen);
	Json placed(const json_t *line, const Names &vms) const;
	static Json closed(const char *op, const json_t *line);

	Fleet fleet;
	std::map<std::string, Group> groups;
	std::map<std::string, Vm> vms;
	std::map<std::string, std::string> moving; // move -> VM
};

// ---- talking with placement ----

void Scheduler::say(Json line)
{
	json_dumpf(line.get(), stdout, JSON_COMPACT);
	std::putchar('\n');
	std::fflush(stdout);
}

Json Scheduler::ask(json_t *line)
{
	say(Json(line));
	return Json(json_loadf(stdin, JSON_DISABLE_EOF_CHECK, nullptr));
}

// True if it came through; else the host's picture is new again.
bool Scheduler::claim(Job &job, const std::string &name, Host &host,
		      const Size &size)
{
	auto nodes = host.nodes_for(size);
	json_t *res = json_object();
	json_t *places = json_array();

	for (std::size_t i = 0; i < resource_count; i++)
		json_object_set_new(res, resource_names[i],
				    json_integer(size.res[i]));
	for (auto node : nodes)
		json_array_append_new(
			places, json_integer(static_cast<json_int_t>(node)));
	Json answer = ask(json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "op",
				    "claim", "consumer", name.c_str(), "host",
				    host.id.c_str(), "gen",
				    static_cast<json_int_t>(host.gen), "res",
				    res, "nodes", places));
	if (number(answer.get(), "status") == 204) {
		fleet.claimed(host, number(answer.get(), "gen"), size, nodes);
		return true;
	}
	if (text(at(answer.get(), "code")) == "placement.capacity" ||
	    ++job.conflicts[host.id] == conflicts_max)
		job.out.push_back(host.id);
	answer = ask(json_pack("{s:s, s:s}", "op", "get", "host",
			       host.id.c_str()));
	fleet.tell_usage(answer.get());
	return false;
}

void Scheduler::release(const std::string &consumer)
{
	Json answer = ask(json_pack("{s:s, s:s}", "op", "release", "consumer",
				    consumer.c_str()));

	fleet.tell_usage(answer.get());
}

void Scheduler::transfer(const std::string &from, const std::string &to)
{
	Json answer = ask(json_pack("{s:s, s:s, s:s}", "op", "transfer", "from",
				    from.c_str(), "to", to.c_str()));

	fleet.tell_usage(answer.get());
}

// ---- the rules ----

bool Scheduler::suits(const Host &host, const Spec &spec,
		      const Names &exclude) const
{
	auto there = [&](const std::string &trait) {
		return has(host.traits, trait);
	};

	return host.up && !has(exclude, host.id) &&
	       (spec.arch.empty() || spec.arch == host.arch) &&
	       std::all_of(spec.required.begin(), spec.required.end(),
			   there) &&
	       std::none_of(spec.forbidden.begin(), spec.forbidden.end(),
			    there);
}

bool Scheduler::group_allows(const std::string &name, const Spec &spec,
			     const Host &host) const
{
	if (spec.group.empty())
		return true;
	const Group &group = groups.at(spec.group);
	std::int64_t here = 0;
	bool elsewhere = false;

	for (const auto &stranger : group.strangers) {
		here += stranger == host.id;
		elsewhere |= stranger != host.id;
	}
	for (const auto &[other, vm] : vms) {
		if (other == name || vm.spec.group != spec.group)
			continue;
		here += vm.is_on(host.id);
		elsewhere |= vm.is_elsewhere(host.id);
	}
	return group.affinity ? !elsewhere : here < group.max;
}

bool Scheduler::may_go(const Job &job, const std::string &name,
		       const Spec &spec, const Size &size,
		       const Names &exclude, const Host &host) const
{
	return host.takes(size.res) && !has(job.out, host.id) &&
	       suits(host, spec, exclude) && host.copies(size) > 0 &&
	       group_allows(name, spec, host);
}

bool Scheduler::together(const Spec &spec) const
{
	return !spec.group.empty() && groups.at(spec.group).affinity;
}

// ---- jobs ----

Json Scheduler::closed(const char *op, const json_t *line)
{
	return Json(json_pack("{s:s, s:s}", "op", op, "id",
			      text(at(line, "id")).c_str()));
}

Json Scheduler::placed(const json_t *line, const Names &vms_placed) const
{
	json_t *map = json_object();
	json_t *alternates = json_object();

	for (const auto &name : vms_placed) {
		const Vm &vm = vms.at(name);

		json_object_set_new(map, name.c_str(),
				    json_string(vm.host.c_str()));
		json_object_set_new(alternates, name.c_str(),
				    list(vm.alternates));
	}
	return Json(json_pack("{s:s, s:s, s:o, s:o}", "op", "placed", "id",
			      text(at(line, "id")).c_str(), "map", map,
			      "alternates", alternates));
}

// One try. Releases everything if not all of them find room.
bool Scheduler::place_all(Job &job, const Names &wanted)
{
	const Spec &spec = vms.at(wanted[0]).spec;
	std::size_t done = 0;

	while (done < wanted.size()) {
		const std::string &name = wanted[done];
		auto left = static_cast<std::int64_t>(wanted.size() - done);
		Host *host = fleet.find([&](const Host &host) {
			return may_go(job, name, spec, spec.size, spec.exclude,
				      host) &&
			       (!together(spec) ||
				host.copies(spec.size) >= left);
		});

		if (!host)
			break;
		if (claim(job, name, *host, spec.size))
			vms.at(wanted[done++]).host = host->id;
	}
	if (done == wanted.size())
		return true;
	for (std::size_t i = 0; i < done; i++) {
		Vm &vm = vms.at(wanted[i]);

		if (!has(job.out, vm.host))
			job.out.push_back(vm.host);
		release(wanted[i]);
		vm.host.clear();
	}
	// Those that belong together may still do so elsewhere.
	return done > 0 && together(spec) && place_all(job, wanted);
}

Names Scheduler::find_alternates(const Job &job, const std::string &name,
				 const Names &chosen)
{
	const Vm &vm = vms.at(name);
	const std::string &cell = fleet[vm.host].cell;
	Names found;

	if (vm.spec.attempts > 1)
		fleet.find([&](const Host &host) {
			if (host.cell == cell && !has(chosen, host.id) &&
			    may_go(job, name, vm.spec, vm.spec.size,
				   vm.spec.exclude, host))
				found.push_back(host.id);
			return found.size() == vm.spec.attempts - 1;
		});
	return found;
}

Json Scheduler::request(const json_t *line)
{
	Names wanted = names(at(line, "vms"));
	Names chosen;
	Job job;

	for (const auto &name : wanted)
		vms.insert_or_assign(name, Vm{ .spec = Spec(line) });
	if (!place_all(job, wanted)) {
		for (const auto &name : wanted)
			vms.erase(name);
		return closed("no_valid_host", line);
	}
	for (const auto &name : wanted)
		chosen.push_back(vms.at(name).host);
	for (const auto &name : wanted)
		vms.at(name).alternates = find_alternates(job, name, chosen);
	return placed(line, wanted);
}

Json Scheduler::build_failed(const json_t *line)
{
	std::string name = text(at(line, "vm"));
	Vm &vm = vms.at(name);
	Job job;

	release(name);
	vm.host.clear();
	while (!vm.alternates.empty() && !json_is_true(at(line, "abort"))) {
		Host &host = fleet[vm.alternates.front()];

		if (!may_go(job, name, vm.spec, vm.spec.size, vm.spec.exclude,
			    host)) {
			vm.alternates.erase(vm.alternates.begin());
		} else if (claim(job, name, host, vm.spec.size)) {
			vm.alternates.erase(vm.alternates.begin());
			vm.host = host.id;
			return placed(line, { name });
		}
	}
	vms.erase(name);
	return closed("no_valid_host", line);
}

Json Scheduler::move(const json_t *line)
{
	std::string id = text(at(line, "id"));
	std::string name = text(at(line, "vm"));
	Vm &vm = vms.at(name);
	std::string source = vm.host;
	Size size = vm.spec.size;
	Names exclude;
	Job job;

	if (text(at(line, "kind")) == "migrate")
		exclude.push_back(source);
	else
		size.res = amounts(at(line, "res"));
	transfer(name, id);
	for (;;) {
		Host *host = fleet.find([&](const Host &host) {
			return host.cell == fleet[source].cell &&
			       may_go(job, name, vm.spec, size, exclude, host);
		});

		if (!host) {
			transfer(id, name);
			return closed("no_valid_host", line);
		}
		if (!claim(job, name, *host, size))
			continue;
		vm.host = host->id;
		break;
	}
	vm.source = source;
	vm.move = id;
	vm.old_size = std::exchange(vm.spec.size, size);
	vm.alternates.clear();
	moving[id] = name;
	return placed(line, { name });
}

Json Scheduler::confirm(const json_t *line)
{
	std::string move = text(at(line, "move"));
	Vm &vm = vms.at(moving.at(move));

	release(move);
	moving.erase(move);
	vm.source.clear();
	vm.move.clear();
	return closed("done", line);
}

Json Scheduler::revert(const json_t *line)
{
	std::string move = text(at(line, "move"));
	std::string name = moving.at(move);
	Vm &vm = vms.at(name);

	release(name);
	transfer(move, name);
	moving.erase(move);
	vm.host = std::exchange(vm.source, "");
	vm.spec.size = vm.old_size;
	vm.move.clear();
	return closed("done", line);
}

// ---- news ----

void Scheduler::news(const json_t *line)
{
	std::string op = text(at(line, "op"));

	if (op == "fleet") {
		*this = Scheduler();
	} else if (op == "host") {
		fleet.tell(line);
	} else if (op == "usage") {
		fleet.tell_usage(line);
	} else if (op == "group") {
		Group group{ text(at(line, "rule")) == "affinity",
			     number(line, "max"), {} };
		const char *key;
		json_t *host;

		json_object_foreach(const_cast<json_t *>(at(line, "members")),
				    key, host)
			group.strangers.push_back(text(host));
		groups.insert_or_assign(text(at(line, "id")), group);
	} else if (op == "vm_gone") {
		auto gone = vms.find(text(at(line, "vm")));

		moving.erase(gone->second.move);
		vms.erase(gone);
	}
}

} // namespace

int main()
{
	static const std::map<std::string, Json (Scheduler::*)(const json_t *)>
		jobs = {
			{ "request", &Scheduler::request },
			{ "build_failed", &Scheduler::build_failed },
			{ "move", &Scheduler::move },
			{ "confirm", &Scheduler::confirm },
			{ "revert", &Scheduler::revert },
		};
	Scheduler scheduler;

	while (Json line{ json_loadf(stdin, JSON_DISABLE_EOF_CHECK,
				     nullptr) }) {
		auto job = jobs.find(text(at(line.get(), "op")));

		if (job == jobs.end())
			scheduler.news(line.get());
		else
			Scheduler::say((scheduler.*job->second)(line.get()));
	}
}
