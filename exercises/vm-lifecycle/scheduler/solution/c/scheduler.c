/*
 * scheduler.c - places virtual machines on hosts: the reference solution
 *
 * One job at a time: main() reads a line, the job's function asks placement
 * what it needs by ask(), a line out and its answer in, and closes the job.
 *
 * What was told of a host is replaced as a whole whenever it is told again, so
 * the picture of a host is only ever old, never mixed. The fleet is kept in
 * order of what is free on its hosts: the first that passes is the best fit,
 * and a search seldom looks at more than a few.
 *
 * What is only handed on or compared stays JSON. Running out of memory ends the
 * program: there is nothing to be decided without it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define CONFLICTS_MAX 4 /* of generations, on one host, in one job */
#define NODES_MAX 16

enum { VCPU, MEM, DISK, RESOURCES };
static const char *const resource_names[RESOURCES] = { "vcpu", "mem", "disk" };

/* ---- small things ---- */

static void *must(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static int64_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static bool lists(const json_t *array, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
		if (strcmp(json_string_value(entry), name) == 0)
			return true;
	return false;
}

static void set(json_t **place, json_t *value)
{
	json_decref(*place);
	*place = value;
}

/* ---- hosts ---- */

struct node {
	int64_t vcpu, mem;
};

/* What a VM needs of a host. */
struct size {
	int64_t res[RESOURCES];
	unsigned numa;
};

struct host {
	json_t *told; /* the line "host" */
	const char *id;
	size_t rank; /* the order in which they were told of */
	int64_t min[RESOURCES], max[RESOURCES], step[RESOURCES];
	double capacity[RESOURCES];
	struct node nodes[NODES_MAX];
	unsigned node_count;

	int64_t gen;
	int64_t used[RESOURCES];
	struct node used_nodes[NODES_MAX];

	/* of the job that is on */
	unsigned conflicts;
	bool out;
};

struct fleet {
	json_t *places; /* name -> rank */
	struct host **hosts; /* by rank */
	struct host **order; /* the fullest first */
	size_t count, room;
};

static unsigned read_nodes(const json_t *array, struct node *nodes)
{
	const json_t *node;
	size_t i;

	json_array_foreach(array, i, node)
		if (i < NODES_MAX)
			nodes[i] = (struct node){ number(node, "vcpu"),
						  number(node, "mem") };
	return (unsigned)(i < NODES_MAX ? i : NODES_MAX);
}

/* Take over what is used, from a line "host" or "usage". */
static void host_use(struct host *host, const json_t *told)
{
	const json_t *used = json_object_get(told, "used");
	int i;

	host->gen = number(told, "gen");
	for (i = 0; i < RESOURCES; i++)
		host->used[i] = number(used, resource_names[i]);
	read_nodes(json_object_get(told, "used_nodes"), host->used_nodes);
}

static void host_become(struct host *host, json_t *told)
{
	const json_t *inv = json_object_get(told, "inv");
	const json_t *of;
	int i;

	set(&host->told, json_incref(told));
	host->id = text(told, "id");
	for (i = 0; i < RESOURCES; i++) {
		of = json_object_get(inv, resource_names[i]);
		host->min[i] = number(of, "min");
		host->max[i] = number(of, "max");
		host->step[i] = number(of, "step");
		host->capacity[i] =
			(double)(number(of, "total") - number(of, "reserved")) *
			json_number_value(json_object_get(of, "ratio"));
	}
	host->node_count = read_nodes(json_object_get(told, "nodes"),
				      host->nodes);
	host_use(host, told);
}

static double host_room(const struct host *host, int resource)
{
	return host->capacity[resource] - (double)host->used[resource];
}

/* How much is free, as a share: a best fit has little. */
static double looseness(const struct host *host)
{
	double sum = 0;
	int i;

	for (i = VCPU; i <= MEM; i++)
		sum += host_room(host, i) /
		       (host->capacity[i] > 1 ? host->capacity[i] : 1);
	return sum;
}

static struct node part_of(const struct size *size)
{
	return (struct node){ size->res[VCPU] / size->numa,
			      size->res[MEM] / size->numa };
}

/* How many such parts a node has room for. */
static int64_t node_parts(const struct host *host, unsigned i, struct node part)
{
	int64_t vcpu = (host->nodes[i].vcpu - host->used_nodes[i].vcpu) /
		       part.vcpu;
	int64_t mem = (host->nodes[i].mem - host->used_nodes[i].mem) / part.mem;

	return vcpu < mem ? vcpu : mem;
}

static bool host_takes(const struct host *host, const struct size *size)
{
	int i;

	for (i = 0; i < RESOURCES; i++)
		if ((double)size->res[i] > host_room(host, i) ||
		    size->res[i] < host->min[i] ||
		    size->res[i] > host->max[i] || size->res[i] % host->step[i])
			return false;
	return true;
}

/* How many VMs of this size would fit, one after the other. */
static int64_t host_copies(const struct host *host, const struct size *size)
{
	int64_t count = INT64_MAX;
	int64_t places;
	int64_t room;
	unsigned i;

	if (!host_takes(host, size))
		return 0;
	for (i = 0; i < RESOURCES; i++) {
		room = (int64_t)host_room(host, (int)i) / size->res[i];
		if (room < count)
			count = room;
	}
	for (; size->numa && count > 0; count--) {
		places = 0;
		for (i = 0; i < host->node_count; i++) {
			room = node_parts(host, i, part_of(size));
			places += room < count ? room : count;
		}
		if (places >= size->numa * count)
			break;
	}
	return count;
}

/* ---- the fleet ---- */

static bool before(const struct host *a, const struct host *b)
{
	double x = looseness(a);
	double y = looseness(b);

	return x < y || (x <= y && a->rank < b->rank);
}

/* Where @host stands in the order, or would stand. */
static size_t place_of(const struct fleet *fleet, size_t count,
		       const struct host *host)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (before(fleet->order[middle], host))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Call it before a host changes, and fleet_put() with one less after that. */
static void fleet_take(struct fleet *fleet, const struct host *host)
{
	size_t at = place_of(fleet, fleet->count, host);

	memmove(&fleet->order[at], &fleet->order[at + 1],
		(fleet->count - at - 1) * sizeof *fleet->order);
}

static void fleet_put(struct fleet *fleet, struct host *host)
{
	size_t at = place_of(fleet, fleet->count - 1, host);

	memmove(&fleet->order[at + 1], &fleet->order[at],
		(fleet->count - at - 1) * sizeof *fleet->order);
	fleet->order[at] = host;
}

static struct host *fleet_host(const struct fleet *fleet, const char *id)
{
	const json_t *rank = json_object_get(fleet->places, id);

	return rank ? fleet->hosts[json_integer_value(rank)] : NULL;
}

static struct host *fleet_add(struct fleet *fleet, const char *id)
{
	struct host *host = must(calloc(1, sizeof *host));

	if (fleet->count == fleet->room) {
		fleet->room = fleet->room ? 2 * fleet->room : 64;
		fleet->hosts = must(realloc(fleet->hosts,
					    fleet->room *
						    sizeof *fleet->hosts));
		fleet->order = must(realloc(fleet->order,
					    fleet->room *
						    sizeof *fleet->order));
	}
	host->rank = fleet->count;
	fleet->hosts[fleet->count++] = host;
	json_object_set_new(fleet->places, id,
			    json_integer((json_int_t)host->rank));
	return host;
}

static void fleet_tell(struct fleet *fleet, json_t *told)
{
	struct host *host = fleet_host(fleet, text(told, "id"));

	if (host)
		fleet_take(fleet, host);
	else
		host = fleet_add(fleet, text(told, "id"));
	host_become(host, told);
	fleet_put(fleet, host);
}

static void fleet_tell_usage(struct fleet *fleet, const json_t *told)
{
	struct host *host = fleet_host(fleet, text(told, "host"));

	fleet_take(fleet, host);
	host_use(host, told);
	fleet_put(fleet, host);
}

static void fleet_forget(struct fleet *fleet)
{
	size_t i;

	for (i = 0; i < fleet->count; i++) {
		json_decref(fleet->hosts[i]->told);
		free(fleet->hosts[i]);
	}
	fleet->count = 0;
	set(&fleet->places, must(json_object()));
}

/* ---- VMs ---- */

struct vm {
	char *name;
	json_t *request; /* the line */
	struct size size, old_size;
	struct host *host;    /* NULL: nowhere yet */
	struct host *source;  /* of a move that is not settled, */
	char *move;           /* and its name */
	json_t *alternates;   /* names */
	struct vm *next;
};

struct scheduler {
	struct fleet fleet;
	json_t *groups; /* name -> the line */
	struct vm *vms; /* the newest first */
};

static struct size size_of(const json_t *res, unsigned numa)
{
	struct size size = { .numa = numa };
	int i;

	for (i = 0; i < RESOURCES; i++)
		size.res[i] = number(res, resource_names[i]);
	return size;
}

static struct vm *vm_new(struct scheduler *scheduler, const char *name,
			 json_t *request)
{
	struct vm *vm = must(calloc(1, sizeof *vm));

	vm->name = must(strdup(name));
	vm->request = json_incref(request);
	vm->size = size_of(json_object_get(request, "res"),
			   (unsigned)number(request, "numa"));
	vm->alternates = must(json_array());
	vm->next = scheduler->vms;
	scheduler->vms = vm;
	return vm;
}

static struct vm *vm_named(const struct scheduler *scheduler, const char *name)
{
	struct vm *vm = scheduler->vms;

	while (vm && strcmp(vm->name, name) != 0)
		vm = vm->next;
	return vm;
}

static struct vm *vm_moved_by(const struct scheduler *scheduler,
			      const char *move)
{
	struct vm *vm = scheduler->vms;

	while (vm && (!vm->move || strcmp(vm->move, move) != 0))
		vm = vm->next;
	return vm;
}

static void vm_forget(struct scheduler *scheduler, struct vm *vm)
{
	struct vm **link = &scheduler->vms;

	while (*link != vm)
		link = &(*link)->next;
	*link = vm->next;
	json_decref(vm->request);
	json_decref(vm->alternates);
	free(vm->move);
	free(vm->name);
	free(vm);
}

static void vm_settled(struct vm *vm)
{
	vm->source = NULL;
	free(vm->move);
	vm->move = NULL;
}

/* ---- talking with placement ---- */

static void say(json_t *line)
{
	must(line);
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

static json_t *hear(void)
{
	return json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL);
}

static json_t *ask(json_t *line)
{
	json_t *answer;

	say(line);
	answer = hear();
	if (!answer)
		exit(1); /* nobody is there any more */
	return answer;
}

static void ask_usage(struct fleet *fleet, json_t *line)
{
	json_t *answer = ask(line);

	fleet_tell_usage(fleet, answer);
	json_decref(answer);
}

static void ask_release(struct scheduler *scheduler, const char *consumer)
{
	ask_usage(&scheduler->fleet, json_pack("{s:s, s:s}", "op", "release",
					       "consumer", consumer));
}

static void ask_transfer(struct scheduler *scheduler, const char *from,
			 const char *to)
{
	ask_usage(&scheduler->fleet, json_pack("{s:s, s:s, s:s}", "op",
					       "transfer", "from", from, "to",
					       to));
}

/* A claim of ours came through: the host is as told, and that. */
static void claimed(struct fleet *fleet, struct host *host, int64_t gen,
		    const struct size *size, const json_t *nodes)
{
	const json_t *node;
	size_t i;

	fleet_take(fleet, host);
	host->gen = gen;
	for (i = 0; i < RESOURCES; i++)
		host->used[i] += size->res[i];
	json_array_foreach(nodes, i, node) {
		struct node *used =
			&host->used_nodes[json_integer_value(node)];

		used->vcpu += part_of(size).vcpu;
		used->mem += part_of(size).mem;
	}
	fleet_put(fleet, host);
}

static json_t *choose_nodes(const struct host *host, const struct size *size)
{
	json_t *nodes = must(json_array());
	unsigned i;

	for (i = 0; i < host->node_count; i++)
		if (json_array_size(nodes) < size->numa &&
		    node_parts(host, i, part_of(size)) > 0)
			json_array_append_new(nodes, json_integer(i));
	return nodes;
}

/* True if it came through; else the host's picture is new again. */
static bool ask_claim(struct scheduler *scheduler, struct vm *vm,
		      struct host *host, const struct size *size)
{
	json_t *nodes = choose_nodes(host, size);
	json_t *answer = ask(json_pack(
		"{s:s, s:s, s:s, s:I, s:{s:I, s:I, s:I}, s:O}", "op", "claim",
		"consumer", vm->name, "host", host->id, "gen",
		(json_int_t)host->gen, "res", "vcpu",
		(json_int_t)size->res[VCPU], "mem", (json_int_t)size->res[MEM],
		"disk", (json_int_t)size->res[DISK], "nodes", nodes));
	bool came_through = number(answer, "status") == 204;

	if (came_through) {
		claimed(&scheduler->fleet, host, number(answer, "gen"), size,
			nodes);
		vm->host = host;
	} else {
		if (strcmp(text(answer, "code"), "placement.capacity") == 0 ||
		    ++host->conflicts == CONFLICTS_MAX)
			host->out = true;
		ask_usage(&scheduler->fleet, json_pack("{s:s, s:s}", "op",
						       "get", "host",
						       host->id));
	}
	json_decref(nodes);
	json_decref(answer);
	return came_through;
}

/* ---- the rules ---- */

/* A VM that looks for a host. */
struct wish {
	const struct scheduler *scheduler;
	const struct vm *vm;
	struct size size;
	int64_t copies;       /* so many have to fit */
	const json_t *exclude; /* NULL: none */
	const char *cell;      /* NULL: any */
	const struct host *leave;
};

static bool suits(const struct wish *wish, const struct host *host)
{
	const json_t *request = wish->vm->request;
	const json_t *traits = json_object_get(host->told, "traits");
	const char *arch = text(request, "arch");
	const json_t *trait;
	size_t i;

	if (!json_is_true(json_object_get(host->told, "up")))
		return false;
	if (arch[0] && strcmp(arch, text(host->told, "arch")) != 0)
		return false;
	json_array_foreach(json_object_get(request, "required"), i, trait)
		if (!lists(traits, json_string_value(trait)))
			return false;
	json_array_foreach(json_object_get(request, "forbidden"), i, trait)
		if (lists(traits, json_string_value(trait)))
			return false;
	return !lists(wish->exclude, host->id) && host != wish->leave &&
	       (!wish->cell ||
		strcmp(wish->cell, text(host->told, "cell")) == 0);
}

static const json_t *group_of(const struct scheduler *scheduler,
			      const struct vm *vm)
{
	return json_object_get(scheduler->groups, text(vm->request, "group"));
}

static bool is_affinity(const json_t *group)
{
	return strcmp(text(group, "rule"), "affinity") == 0;
}

static bool group_allows(const struct wish *wish, const struct host *host)
{
	const json_t *group = group_of(wish->scheduler, wish->vm);
	const struct vm *vm;
	const char *key;
	json_t *stranger;
	int64_t here = 0;
	bool elsewhere = false;

	if (!group)
		return true;
	json_object_foreach(json_object_get(group, "members"), key, stranger) {
		bool same = strcmp(json_string_value(stranger), host->id) == 0;

		here += same;
		elsewhere |= !same;
	}
	for (vm = wish->scheduler->vms; vm; vm = vm->next) {
		if (vm == wish->vm || group_of(wish->scheduler, vm) != group)
			continue;
		here += vm->host == host || vm->source == host;
		elsewhere |= (vm->host && vm->host != host) ||
			     (vm->source && vm->source != host);
	}
	return is_affinity(group) ? !elsewhere : here < number(group, "max");
}

static bool may_go(const struct wish *wish, const struct host *host)
{
	return !host->out && host_takes(host, &wish->size) &&
	       suits(wish, host) &&
	       host_copies(host, &wish->size) >= wish->copies &&
	       group_allows(wish, host);
}

/* The fullest host that will do, or NULL. */
static struct host *find(const struct wish *wish)
{
	const struct fleet *fleet = &wish->scheduler->fleet;
	size_t i;

	for (i = 0; i < fleet->count; i++)
		if (may_go(wish, fleet->order[i]))
			return fleet->order[i];
	return NULL;
}

static struct wish wish_of(const struct scheduler *scheduler,
			   const struct vm *vm)
{
	return (struct wish){
		.scheduler = scheduler,
		.vm = vm,
		.size = vm->size,
		.copies = 1,
		.exclude = json_object_get(vm->request, "exclude"),
	};
}

/* ---- beginning and closing a job ---- */

static void begin_job(struct scheduler *scheduler)
{
	size_t i;

	for (i = 0; i < scheduler->fleet.count; i++) {
		scheduler->fleet.hosts[i]->conflicts = 0;
		scheduler->fleet.hosts[i]->out = false;
	}
}

static void close_job(const json_t *job, const char *op)
{
	say(json_pack("{s:s, s:s}", "op", op, "id", text(job, "id")));
}

static void close_placed(const json_t *job, struct vm *const *vms,
			 size_t count)
{
	json_t *map = must(json_object());
	json_t *alternates = must(json_object());
	size_t i;

	for (i = 0; i < count; i++) {
		json_object_set_new(map, vms[i]->name,
				    json_string(vms[i]->host->id));
		json_object_set(alternates, vms[i]->name, vms[i]->alternates);
	}
	say(json_pack("{s:s, s:s, s:o, s:o}", "op", "placed", "id",
		      text(job, "id"), "map", map, "alternates", alternates));
}

/* ---- request ---- */

static void release_all(struct scheduler *scheduler, struct vm *const *vms,
			size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		vms[i]->host->out = true;
		ask_release(scheduler, vms[i]->name);
		vms[i]->host = NULL;
	}
}

/* All of them, or none. */
static bool place_all(struct scheduler *scheduler, struct vm *const *vms,
		      size_t count)
{
	bool together = is_affinity(group_of(scheduler, vms[0]));
	size_t done = 0;

	while (done < count) {
		struct wish wish = wish_of(scheduler, vms[done]);
		struct host *host;

		if (together)
			wish.copies = (int64_t)(count - done);
		host = find(&wish);
		if (host) {
			done += ask_claim(scheduler, vms[done], host,
					  &wish.size);
			continue;
		}
		release_all(scheduler, vms, done);
		/* Those that belong together may still do so elsewhere. */
		if (!together || done == 0)
			return false;
		done = 0;
	}
	return true;
}

static bool is_chosen(const struct host *host, struct vm *const *vms,
		      size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (vms[i]->host == host)
			return true;
	return false;
}

static void find_alternates(const struct scheduler *scheduler, struct vm *vm,
			    struct vm *const *vms, size_t count)
{
	const struct fleet *fleet = &scheduler->fleet;
	size_t most = (size_t)number(vm->request, "attempts") - 1;
	struct wish wish = wish_of(scheduler, vm);
	size_t i;

	wish.cell = text(vm->host->told, "cell");
	for (i = 0; i < fleet->count; i++) {
		if (json_array_size(vm->alternates) == most)
			return;
		if (!is_chosen(fleet->order[i], vms, count) &&
		    may_go(&wish, fleet->order[i]))
			json_array_append_new(
				vm->alternates,
				json_string(fleet->order[i]->id));
	}
}

static void do_request(struct scheduler *scheduler, json_t *job)
{
	const json_t *names = json_object_get(job, "vms");
	size_t count = json_array_size(names);
	struct vm **vms = must(calloc(count, sizeof(struct vm *)));
	bool placed;
	size_t i;

	begin_job(scheduler);
	for (i = 0; i < count; i++)
		vms[i] = vm_new(scheduler,
				json_string_value(json_array_get(names, i)),
				job);
	placed = place_all(scheduler, vms, count);
	for (i = 0; i < count; i++) {
		if (placed)
			find_alternates(scheduler, vms[i], vms, count);
		else
			vm_forget(scheduler, vms[i]);
	}
	if (placed)
		close_placed(job, vms, count);
	else
		close_job(job, "no_valid_host");
	free(vms);
}

/* ---- the other jobs ---- */

/* Claim the first alternate that will do, and drop those before it. */
static bool use_alternate(struct scheduler *scheduler, struct vm *vm)
{
	struct wish wish = wish_of(scheduler, vm);
	struct host *host;
	bool done = false;

	while (!done && json_array_size(vm->alternates) > 0) {
		host = fleet_host(&scheduler->fleet,
				  json_string_value(
					  json_array_get(vm->alternates, 0)));
		if (may_go(&wish, host)) {
			done = ask_claim(scheduler, vm, host, &wish.size);
			if (!done)
				continue;
		}
		json_array_remove(vm->alternates, 0);
	}
	return done;
}

static void do_build_failed(struct scheduler *scheduler, json_t *job)
{
	struct vm *vm = vm_named(scheduler, text(job, "vm"));

	begin_job(scheduler);
	ask_release(scheduler, vm->name);
	vm->host = NULL;
	if (!json_is_true(json_object_get(job, "abort")) &&
	    use_alternate(scheduler, vm)) {
		close_placed(job, &vm, 1);
		return;
	}
	vm_forget(scheduler, vm);
	close_job(job, "no_valid_host");
}

static void do_move(struct scheduler *scheduler, json_t *job)
{
	struct vm *vm = vm_named(scheduler, text(job, "vm"));
	struct wish wish = wish_of(scheduler, vm);
	struct host *source = vm->host;
	struct host *host;

	begin_job(scheduler);
	wish.exclude = NULL;
	wish.cell = text(source->told, "cell");
	if (strcmp(text(job, "kind"), "migrate") == 0)
		wish.leave = source;
	else
		wish.size = size_of(json_object_get(job, "res"),
				    vm->size.numa);
	ask_transfer(scheduler, vm->name, text(job, "id"));
	do {
		host = find(&wish);
		if (!host) {
			ask_transfer(scheduler, text(job, "id"), vm->name);
			close_job(job, "no_valid_host");
			return;
		}
	} while (!ask_claim(scheduler, vm, host, &wish.size));
	vm->source = source;
	vm->move = must(strdup(text(job, "id")));
	vm->old_size = vm->size;
	vm->size = wish.size;
	json_array_clear(vm->alternates);
	close_placed(job, &vm, 1);
}

static void do_confirm(struct scheduler *scheduler, json_t *job)
{
	struct vm *vm = vm_moved_by(scheduler, text(job, "move"));

	ask_release(scheduler, vm->move);
	vm_settled(vm);
	close_job(job, "done");
}

static void do_revert(struct scheduler *scheduler, json_t *job)
{
	struct vm *vm = vm_moved_by(scheduler, text(job, "move"));

	ask_release(scheduler, vm->name);
	ask_transfer(scheduler, vm->move, vm->name);
	vm->host = vm->source;
	vm->size = vm->old_size;
	vm_settled(vm);
	close_job(job, "done");
}

/* ---- news ---- */

static void hear_fleet(struct scheduler *scheduler, json_t *line)
{
	(void)line;
	while (scheduler->vms)
		vm_forget(scheduler, scheduler->vms);
	fleet_forget(&scheduler->fleet);
	set(&scheduler->groups, must(json_object()));
}

static void hear_host(struct scheduler *scheduler, json_t *line)
{
	fleet_tell(&scheduler->fleet, line);
}

static void hear_usage(struct scheduler *scheduler, json_t *line)
{
	fleet_tell_usage(&scheduler->fleet, line);
}

static void hear_group(struct scheduler *scheduler, json_t *line)
{
	json_object_set(scheduler->groups, text(line, "id"), line);
}

static void hear_gone(struct scheduler *scheduler, json_t *line)
{
	vm_forget(scheduler, vm_named(scheduler, text(line, "vm")));
}

/* ---- all of them ---- */

static const struct {
	const char *op;
	void (*handle)(struct scheduler *scheduler, json_t *line);
} lines[] = {
	{ "request", do_request },     { "build_failed", do_build_failed },
	{ "move", do_move },           { "confirm", do_confirm },
	{ "revert", do_revert },       { "fleet", hear_fleet },
	{ "host", hear_host },         { "usage", hear_usage },
	{ "group", hear_group },       { "vm_gone", hear_gone },
};

static void handle(struct scheduler *scheduler, json_t *line)
{
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (strcmp(lines[i].op, text(line, "op")) == 0)
			lines[i].handle(scheduler, line);
}

int main(void)
{
	struct scheduler scheduler = { 0 };
	json_t *line;

	while ((line = hear())) {
		handle(&scheduler, line);
		json_decref(line);
	}
	return 0;
}
