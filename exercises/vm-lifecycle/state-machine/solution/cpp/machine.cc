// machine.cc - the life of virtual machines, as a table of states
//
// One line in, its answers out. Rows of actions.h say who may begin what and how
// it goes on. A machine is in the middle of one operation at most, and only the
// token of that operation's last cast can move it on.
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <jansson.h>

#include "actions.h"

namespace {

using Name = std::optional<std::string>; // nothing is null
using Words = std::set<std::string, std::less<>>;

// ---- the table ----

struct Action {
	std::string name;
	bool guards_lock, needs_host, needs_host_up, needs_launch;
	bool any_vm_state, any_task_state;
	Words vm_states, task_states;
	std::vector<std::string> path;
	std::string ends, fails;

	bool takes(const Name &task_state) const
	{
		return any_task_state ||
		       task_states.count(task_state.value_or("none")) > 0;
	}

	bool is_one_of(std::initializer_list<std::string_view> names) const
	{
		for (std::string_view each : names)
			if (each == name)
				return true;
		return false;
	}
};

std::vector<std::string> split(const std::string &list)
{
	std::istringstream words(list);
	std::vector<std::string> split;

	for (std::string word; words >> word;)
		split.push_back(word);
	return split;
}

Words set_of(const std::string &list)
{
	std::vector<std::string> words = split(list);

	return Words(words.begin(), words.end());
}

class Table {
public:
	Table()
	{
		for (const action &row : actions)
			rows_.emplace(row.name, read(row));
	}

	const Action &operator[](const std::string &name) const
	{
		return rows_.at(name);
	}

private:
	static Action read(const action &row)
	{
		const std::string lock = row.lock, host = row.host;

		return Action{
			row.name,
			lock == "lock",
			host != "-",
			host == "up",
			std::string("launched") == row.launched,
			std::string("any") == row.vm_states,
			std::string("any") == row.task_states,
			set_of(row.vm_states),
			set_of(row.task_states),
			std::string("-") == row.path ? std::vector<std::string>{}
						     : split(row.path),
			row.ends,
			row.fails,
		};
	}

	std::unordered_map<std::string, Action> rows_;
};

// ---- lines ----

// A JSON object that is owned.
class Line {
public:
	explicit Line(json_t *object) : object_(object) {}
	Line(const Line &other) : object_(json_incref(other.object_)) {}
	Line &operator=(const Line &) = delete;
	~Line() { json_decref(object_); }

	json_t *get(const char *key) const
	{
		return json_object_get(object_, key);
	}
	std::string text(const char *key) const
	{
		return name(key).value_or("");
	}
	Name name(const char *key) const
	{
		const char *value = json_string_value(get(key));

		return value ? Name(value) : std::nullopt;
	}
	bool flag(const char *key) const { return json_is_true(get(key)); }
	json_int_t number(const char *key) const
	{
		return json_integer_value(get(key));
	}

private:
	json_t *object_;
};

const char *or_null(const Name &name)
{
	return name ? name->c_str() : nullptr;
}

void say(json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);

	std::cout << text << '\n';
	free(text);
	json_decref(line);
}

struct Refusal {
	int code;
	const char *attr;
};

struct Machine {
	std::string vm, vm_state, power;
	Name task_state, host, source; // source: where a resize came from
	bool launched = false, locked = false;
	bool was_stopped = false;      // before a resize or rebuild

	const Action *now = nullptr;   // the operation it is in
	std::size_t phase = 0;
	json_int_t token = 0;          // of the last cast of now
	Name target;                   // host and offload of the act
	bool offload = false;

	void settle(const std::string &state)
	{
		vm_state = state;
		task_state.reset();
		now = nullptr;
		token = 0;
	}
};

// ---- all machines ----

class Service {
public:
	void take(const Line &line);

private:
	// guards
	bool is_down(const Name &host) const
	{
		return host && down_.count(*host) > 0;
	}
	std::optional<Refusal> refusal(const Machine &machine,
				       const Action &action, bool admin) const;
	Machine *guard(const Line &line);

	// operations
	void say_state(const Machine &machine) const;
	void respond(const Line &line, int code, const char *attr) const;
	json_int_t cast(Machine &machine, const Action &action);
	void enter_phase(Machine &machine, std::size_t phase);
	void begin(Machine &machine, const Action &action, const Line *act);
	void accept(Machine &machine, const Action &action, const Line &line);
	void fail(Machine &machine);
	void succeed(Machine &machine);
	void recover(Machine &machine, const Name &power);

	// lines
	Machine *find(const Line &line);
	Machine &make(const std::string &vm);
	void on_create(const Line &line);
	void on_set(const Line &line);
	void on_act(const Line &line);
	void on_check(const Line &line);
	void on_commit(const Line &line);
	void on_done(const Line &line);
	void on_power(const Line &line);
	void on_host_down(const Line &line);
	void on_init_host(const Line &line);
	void on_sync(const Line &line);

	Table table_;
	std::vector<std::unique_ptr<Machine>> machines_; // oldest first
	std::unordered_map<std::string, Machine *> by_name_;
	std::vector<Machine *> owners_;                  // of token - 1
	std::unordered_map<json_int_t, Line> checks_;
	std::set<std::string> down_;
};

std::optional<Refusal> Service::refusal(const Machine &machine,
					const Action &action, bool admin) const
{
	const bool confirming =
		machine.now && machine.now->name == "confirm_resize";

	if (action.guards_lock && machine.locked && !admin)
		return Refusal{ 409, "locked" };
	if (action.needs_host && !machine.host)
		return Refusal{ 409, "not_ready" };
	if (action.needs_host_up && is_down(machine.host))
		return Refusal{ 409, "host_down" };
	if (!action.any_vm_state &&
	    action.vm_states.count(machine.vm_state) == 0)
		return Refusal{ 409, "vm_state" };
	if (!action.takes(machine.task_state))
		return Refusal{ 409, "task_state" };
	if (action.needs_launch && !machine.launched)
		return Refusal{ 409, "not_launched" };
	if (action.name == "evacuate" && machine.host && !is_down(machine.host))
		return Refusal{ 400, "host_up" };
	if (action.is_one_of({ "confirm_resize", "revert_resize" }) &&
	    confirming)
		return Refusal{ 400, "no_migration" };
	if (action.name == "confirm_resize" && is_down(machine.source))
		return Refusal{ 409, "host_down" };
	return std::nullopt;
}

// The machine if all guards let the line pass; else it has been answered.
Machine *Service::guard(const Line &line)
{
	Machine *machine = find(line);
	std::optional<Refusal> refused = Refusal{ 404, "unknown" };

	if (machine)
		refused = refusal(*machine, table_[line.text("action")],
				  line.flag("admin"));
	if (!refused)
		return machine;
	respond(line, refused->code, refused->attr);
	return nullptr;
}

void Service::say_state(const Machine &machine) const
{
	say(json_pack("{s:s,s:s,s:s,s:s?,s:s,s:s?}", "op", "state", "vm",
		      machine.vm.c_str(), "vm_state", machine.vm_state.c_str(),
		      "task_state", or_null(machine.task_state), "power",
		      machine.power.c_str(), "host", or_null(machine.host)));
}

void Service::respond(const Line &line, int code, const char *attr) const
{
	say(json_pack("{s:s,s:O,s:i,s:s?}", "op", "resp", "id", line.get("id"),
		      "code", code, "attr", attr));
}

json_int_t Service::cast(Machine &machine, const Action &action)
{
	owners_.push_back(&machine);
	const auto token = static_cast<json_int_t>(owners_.size());
	say(json_pack("{s:s,s:I,s:s,s:s,s:s?}", "op", "cast", "token", token,
		      "action", action.name.c_str(), "vm", machine.vm.c_str(),
		      "phase", or_null(machine.task_state)));
	return token;
}

void Service::enter_phase(Machine &machine, std::size_t phase)
{
	const std::string &task = machine.now->path[phase];

	machine.phase = phase;
	machine.task_state = task == "none" ? std::nullopt : Name(task);
	say_state(machine);
	machine.token = cast(machine, *machine.now);
}

// Takes the place of whatever went on.
void Service::begin(Machine &machine, const Action &action, const Line *act)
{
	if (action.is_one_of({ "resize", "rebuild", "evacuate" }))
		machine.was_stopped = machine.vm_state == "stopped";
	machine.now = &action;
	machine.target = act ? act->name("host") : std::nullopt;
	machine.offload = act && act->flag("offload");
	enter_phase(machine, 0);
}

void Service::accept(Machine &machine, const Action &action, const Line &line)
{
	respond(line, 202, nullptr);
	if (!action.path.empty()) {
		begin(machine, action, &line);
		return;
	}
	say_state(machine);
	cast(machine, action);
}

void Service::fail(Machine &machine)
{
	const std::string &fails = machine.now->fails;

	if (fails == "same")
		machine.settle(machine.vm_state);
	else if (fails == "reboot" && machine.power == "running")
		machine.settle("active");
	else
		machine.settle("error");
	say_state(machine);
}

void move(Machine &machine, const Action &action)
{
	if (action.name == "resize")
		machine.source = machine.host;
	if (action.is_one_of({ "resize", "evacuate", "live_migrate",
			       "unshelve" }) &&
	    machine.target)
		machine.host = machine.target;
	if (action.name == "revert_resize" && machine.source)
		machine.host = machine.source;
	if (action.is_one_of({ "confirm_resize", "revert_resize" }))
		machine.source.reset();
	if (action.is_one_of({ "shelve_offload", "delete", "force_delete" }))
		machine.host.reset();
}

void Service::succeed(Machine &machine)
{
	const Action &action = *machine.now;
	std::string vm_state = action.ends;

	if (vm_state == "same")
		vm_state = machine.vm_state;
	else if (vm_state == "power")
		vm_state = machine.power == "shutdown" ? "stopped" : "active";
	machine.settle(vm_state);
	move(machine, action);
	if (action.name == "create")
		machine.launched = true;
	if (action.is_one_of({ "rebuild", "evacuate", "revert_resize" }) &&
	    machine.was_stopped)
		begin(machine, table_["stop"], nullptr);
	else if (action.name == "shelve" && machine.offload)
		begin(machine, table_["shelve_offload"], nullptr);
	else
		say_state(machine);
}

Machine *Service::find(const Line &line)
{
	const auto place = by_name_.find(line.text("vm"));

	return place == by_name_.end() ? nullptr : place->second;
}

Machine &Service::make(const std::string &vm)
{
	machines_.push_back(std::make_unique<Machine>());
	Machine &machine = *machines_.back();
	machine.vm = vm;
	machine.vm_state = "building";
	machine.power = "nostate";
	by_name_[vm] = &machine;
	return machine;
}

void Service::on_create(const Line &line)
{
	Machine &machine = make(line.text("vm"));

	machine.host = line.name("host");
	begin(machine, table_["create"], nullptr);
}

void Service::on_set(const Line &line)
{
	Machine *known = find(line);
	Machine &machine = known ? *known : make(line.text("vm"));

	machine.settle(line.text("vm_state"));
	machine.task_state = line.name("task_state");
	machine.power = line.text("power");
	machine.host = line.name("host");
	machine.launched = line.flag("launched");
	machine.locked = line.flag("locked");
	machine.source.reset();
	machine.was_stopped = false;
	say_state(machine);
}

void Service::on_act(const Line &line)
{
	const std::string name = line.text("action");
	Machine *machine = find(line);

	if (machine && (name == "lock" || name == "unlock")) {
		machine->locked = name == "lock";
		respond(line, 202, nullptr);
		say_state(*machine);
	} else if (guard(line)) {
		accept(*machine, table_[name], line);
	}
}

void Service::on_check(const Line &line)
{
	if (guard(line))
		checks_.emplace(line.number("id"), line);
}

// The guards were a look; the task_state is what is compared and swapped.
void Service::on_commit(const Line &line)
{
	const auto place = checks_.find(line.number("id"));

	if (place == checks_.end())
		return;
	const Line check = place->second;
	checks_.erase(place);
	const Action &action = table_[check.text("action")];
	Machine &machine = *find(check);
	if (action.takes(machine.task_state))
		accept(machine, action, check);
	else
		respond(check, 409, "conflict");
}

void Service::on_done(const Line &line)
{
	const json_int_t token = line.number("token");

	if (token < 1 || token > static_cast<json_int_t>(owners_.size()))
		return;
	Machine &machine = *owners_[static_cast<std::size_t>(token - 1)];
	if (machine.token != token)
		return; // late, doubled, or preempted
	machine.power = line.text("power");
	if (!line.flag("ok"))
		fail(machine);
	else if (machine.phase + 1 < machine.now->path.size())
		enter_phase(machine, machine.phase + 1);
	else
		succeed(machine);
}

void Service::on_power(const Line &line)
{
	Machine *machine = find(line);

	if (!machine || machine->task_state ||
	    machine->host != line.name("host"))
		return;
	machine->power = line.text("power");
	if ((machine->vm_state == "active" && machine->power == "shutdown") ||
	    (machine->vm_state == "stopped" && machine->power == "running"))
		begin(*machine, table_["stop"], nullptr);
	else
		say_state(*machine);
}

void Service::on_host_down(const Line &line)
{
	down_.insert(line.text("host"));
}

void Service::recover(Machine &machine, const Name &power)
{
	static const Words rebuilds = set_of(
		"rebuilding rebuild_block_device_mapping rebuild_spawning");
	static const Words dropped = set_of(
		"resize_prep image_snapshot_pending image_snapshot"
		" image_backup image_pending_upload image_uploading");
	static const Words reboots =
		set_of("rebooting reboot_pending reboot_started");
	const std::string task = machine.task_state.value_or("none");

	if (machine.vm_state == "building" || rebuilds.count(task) > 0) {
		machine.settle("error");
	} else if (dropped.count(task) > 0) {
		machine.settle(machine.vm_state);
	} else if (task == "deleting") {
		machine.settle("deleted");
		machine.host.reset();
	} else {
		if (task == "powering-on")
			begin(machine, table_["start"], nullptr);
		else if (task == "powering-off")
			begin(machine, table_["stop"], nullptr);
		else if (reboots.count(task) > 0 && power == "shutdown")
			begin(machine, table_["hard_reboot"], nullptr);
		return;
	}
	say_state(machine);
}

void Service::on_init_host(const Line &line)
{
	const Name host = line.name("host");
	const Line powers(json_incref(line.get("powers")));

	down_.erase(*host);
	for (const auto &machine : machines_)
		if (machine->host == host)
			recover(*machine, powers.name(machine->vm.c_str()));
}

void Service::on_sync(const Line &line)
{
	say(json_pack("{s:s,s:O}", "op", "synced", "n", line.get("n")));
}

void Service::take(const Line &line)
{
	static const std::unordered_map<std::string,
					void (Service::*)(const Line &)>
		handlers = {
			{ "create", &Service::on_create },
			{ "set", &Service::on_set },
			{ "act", &Service::on_act },
			{ "check", &Service::on_check },
			{ "commit", &Service::on_commit },
			{ "done", &Service::on_done },
			{ "power", &Service::on_power },
			{ "host_down", &Service::on_host_down },
			{ "init_host", &Service::on_init_host },
			{ "sync", &Service::on_sync },
		};

	(this->*handlers.at(line.text("op")))(line);
}

} // namespace

int main()
{
	std::ios::sync_with_stdio(false);
	Service service;
	std::string input;

	while (std::getline(std::cin, input)) {
		service.take(Line(json_loads(input.c_str(), 0, nullptr)));
		std::cout.flush();
	}
	return 0;
}
