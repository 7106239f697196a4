/* lines.c - what is said to the scheduler, as JSON */
#include "lines.h"

#include <stdio.h>

#include "judge.h"

#define NAME_MAX_BYTES 16

static json_t *must(json_t *value)
{
	if (!value)
		judge_broken("out of memory");
	return value;
}

/* h3, v3, j3 ... */
static json_t *name(char letter, unsigned number)
{
	char text[NAME_MAX_BYTES];

	(void)snprintf(text, sizeof text, "%c%u", letter, number);
	return must(json_string(text));
}

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		judge_broken("out of memory");
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		judge_broken("out of memory");
}

static json_t *amounts(const struct amounts *amounts)
{
	json_t *object = must(json_object());
	unsigned i;

	for (i = 0; i < RESOURCES; i++)
		put(object, resource_names[i],
		    must(json_integer(amounts->of[i])));
	return object;
}

static json_t *traits(unsigned bits)
{
	json_t *array = must(json_array());
	unsigned i;

	for (i = 0; i < TRAITS; i++)
		if (bits & 1u << i)
			append(array, must(json_string(trait_names[i])));
	return array;
}

json_t *line_fleet(size_t hosts)
{
	return must(json_pack("{s:s, s:I}", "op", "fleet", "hosts",
			      (json_int_t)hosts));
}

static json_t *inventories(const struct inventory *inv)
{
	json_t *object = must(json_object());
	unsigned i;

	for (i = 0; i < RESOURCES; i++)
		put(object, resource_names[i],
		    must(json_pack("{s:I, s:I, s:f, s:I, s:I, s:I}", "total",
				   (json_int_t)inv[i].total, "reserved",
				   (json_int_t)inv[i].reserved, "ratio",
				   (double)inv[i].quarters / 4, "min",
				   (json_int_t)inv[i].min, "max",
				   (json_int_t)inv[i].max, "step",
				   (json_int_t)inv[i].step)));
	return object;
}

static json_t *nodes(const struct node *nodes, unsigned count)
{
	json_t *array = must(json_array());
	unsigned i;

	for (i = 0; i < count; i++)
		append(array, must(json_pack("{s:I, s:I}", "vcpu",
					     (json_int_t)nodes[i].vcpu, "mem",
					     (json_int_t)nodes[i].mem)));
	return array;
}

json_t *line_host(const struct host *host)
{
	return must(json_pack(
		"{s:s, s:o, s:o, s:b, s:s, s:o, s:I, s:o, s:o, s:o, s:o}",
		"op", "host", "id", name('h', host->number), "cell",
		name('c', host->cell), "up", host->up, "arch",
		arch_names[host->arch], "traits", traits(host->traits), "gen",
		(json_int_t)host->told.gen, "used", amounts(&host->told.used),
		"used_nodes", nodes(host->told.nodes, host->node_count),
		"nodes", nodes(host->nodes, host->node_count), "inv",
		inventories(host->inv)));
}

json_t *line_usage(const struct host *host)
{
	return must(json_pack("{s:s, s:o, s:I, s:o, s:o}", "op", "usage",
			      "host", name('h', host->number), "gen",
			      (json_int_t)host->told.gen, "used",
			      amounts(&host->told.used), "used_nodes",
			      nodes(host->told.nodes, host->node_count)));
}

json_t *line_group(unsigned number, const struct group *group)
{
	json_t *members = must(json_object());
	char text[NAME_MAX_BYTES];
	unsigned i;

	for (i = 0; i < group->stranger_count; i++) {
		(void)snprintf(text, sizeof text, "s%u", i + 1);
		put(members, text, name('h', group->strangers[i]));
	}
	return must(json_pack("{s:s, s:o, s:s, s:I, s:o}", "op", "group", "id",
			      name('g', number), "rule",
			      group->rule == AFFINITY ? "affinity" :
							"anti-affinity",
			      "max", (json_int_t)group->max, "members",
			      members));
}

json_t *line_request(unsigned job, unsigned first, unsigned count,
		     const struct spec *spec)
{
	json_t *vms = must(json_array());
	json_t *exclude = must(json_array());
	unsigned i;

	for (i = 0; i < count; i++)
		append(vms, name('v', first + i));
	for (i = 0; i < spec->exclude_count; i++)
		append(exclude, name('h', spec->excludes[i]));
	return must(json_pack(
		"{s:s, s:o, s:o, s:o, s:s?, s:o, s:o, s:o, s:o, s:I, s:I}",
		"op", "request", "id", name('j', job), "vms", vms, "res",
		amounts(&spec->res), "arch",
		spec->arch < 0 ? NULL : arch_names[spec->arch], "required",
		traits(spec->required), "forbidden", traits(spec->forbidden),
		"exclude", exclude, "group",
		spec->group < 0 ? json_null() :
				  name('g', (unsigned)spec->group),
		"numa", (json_int_t)spec->numa, "attempts",
		(json_int_t)spec->attempts));
}

json_t *line_build_failed(unsigned job, unsigned vm, const struct host *host,
			  bool abort)
{
	return must(json_pack("{s:s, s:o, s:o, s:o, s:b}", "op",
			      "build_failed", "id", name('j', job), "vm",
			      name('v', vm), "host", name('h', host->number),
			      "abort", abort));
}

json_t *line_move(unsigned job, unsigned vm, const struct amounts *res)
{
	return must(json_pack("{s:s, s:o, s:o, s:s, s:o}", "op", "move", "id",
			      name('j', job), "vm", name('v', vm), "kind",
			      res ? "resize" : "migrate", "res",
			      res ? amounts(res) : json_null()));
}

json_t *line_settle(const char *op, unsigned job, unsigned move)
{
	return must(json_pack("{s:s, s:o, s:o}", "op", op, "id",
			      name('j', job), "move", name('j', move)));
}

json_t *line_gone(unsigned vm)
{
	return must(json_pack("{s:s, s:o}", "op", "vm_gone", "vm",
			      name('v', vm)));
}

json_t *line_claimed(uint64_t gen)
{
	return must(json_pack("{s:s, s:i, s:I}", "op", "claim_result",
			      "status", 204, "gen", (json_int_t)gen));
}

json_t *line_refused(enum claim_outcome outcome)
{
	return must(json_pack("{s:s, s:i, s:s}", "op", "claim_result",
			      "status", 409, "code",
			      outcome == CLAIM_CAPACITY ?
				      "placement.capacity" :
				      "placement.concurrent_update"));
}
