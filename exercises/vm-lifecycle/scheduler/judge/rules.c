/* rules.c - where a VM may go, by what the scheduler has been told */
#include "rules.h"

#include <inttypes.h>
#include <stdio.h>

#define REASON(...) (snprintf(reason, REASON_MAX, __VA_ARGS__), reason)

/* ---- properties of the host ---- */

static const char *unlike(const struct wish *wish, const struct host *host,
			  char reason[REASON_MAX])
{
	const struct spec *spec = wish->spec;
	unsigned i;

	if (!host->up)
		return REASON("h%u is down", host->number);
	if (spec->arch >= 0 && (unsigned)spec->arch != host->arch)
		return REASON("the image is for %s, and h%u is %s",
			      arch_names[spec->arch], host->number,
			      arch_names[host->arch]);
	for (i = 0; i < TRAITS; i++) {
		if (spec->required & ~host->traits & 1u << i)
			return REASON("the trait %s is required, and h%u has"
				      " it not", trait_names[i], host->number);
		if (spec->forbidden & host->traits & 1u << i)
			return REASON("the trait %s is forbidden, and h%u has"
				      " it", trait_names[i], host->number);
	}
	return NULL;
}

static const char *misplaced(const struct wish *wish, const struct host *host,
			     char reason[REASON_MAX])
{
	unsigned i;

	if (wish->source) {
		if (host->cell != wish->source->cell)
			return REASON("a move stays in its cell, and h%u is in"
				      " c%u", host->number, host->cell);
		if (wish->migrate && host == wish->source)
			return REASON("a migration has to leave h%u",
				      host->number);
		return NULL; /* what was excluded was so for the request */
	}
	for (i = 0; i < wish->spec->exclude_count; i++)
		if (wish->spec->excludes[i] == host->number)
			return REASON("h%u is excluded", host->number);
	return NULL;
}

/* ---- groups ---- */

static bool is_on(const struct vm *vm, const struct host *host)
{
	return vm->own.host == host || vm->held.host == host;
}

static bool is_elsewhere(const struct vm *vm, const struct host *host)
{
	return (vm->own.host && vm->own.host != host) ||
	       (vm->held.host && vm->held.host != host);
}

/* Members of the group on this host and elsewhere, the VM itself apart. */
static void count_members(const struct wish *wish, const struct host *host,
			  unsigned *here, unsigned *elsewhere)
{
	const struct world *world = wish->world;
	const struct group *group = &world->groups[wish->spec->group];
	size_t i;

	*here = *elsewhere = 0;
	for (i = 0; i < group->stranger_count; i++)
		if (group->strangers[i] == host->number)
			++*here;
		else
			++*elsewhere;
	for (i = 1; i <= world->vm_count; i++) {
		const struct vm *vm = &world->vms[i];

		if (vm == wish->vm || vm->spec.group != wish->spec->group)
			continue;
		*here += is_on(vm, host);
		*elsewhere += is_elsewhere(vm, host);
	}
}

/* How many more of its group the host may take. */
static unsigned room_in_group(const struct wish *wish, const struct host *host)
{
	const struct group *group;
	unsigned here;
	unsigned elsewhere;

	if (wish->spec->group < 0)
		return UINT32_MAX;
	group = &wish->world->groups[wish->spec->group];
	count_members(wish, host, &here, &elsewhere);
	if (group->rule == AFFINITY)
		return elsewhere ? 0 : UINT32_MAX;
	return here < group->max ? group->max - here : 0;
}

/* Who is there: "v1 (its move is not settled), v4 and another's VM". */
static void members_text(const struct wish *wish, const struct host *host,
			 char *text, size_t size)
{
	const struct world *world = wish->world;
	const struct group *group = &world->groups[wish->spec->group];
	size_t used = 0;
	size_t i;

	*text = '\0';
	for (i = 1; i <= world->vm_count && used < size; i++) {
		const struct vm *vm = &world->vms[i];

		if (vm == wish->vm || vm->spec.group != wish->spec->group ||
		    !is_on(vm, host))
			continue;
		used += (size_t)snprintf(text + used, size - used, "%sv%zu%s",
					 used ? ", " : "", i,
					 vm->own.host == host
						 ? ""
						 : " (its move is not"
						   " settled)");
	}
	for (i = 0; i < group->stranger_count && used < size; i++)
		if (group->strangers[i] == host->number)
			used += (size_t)snprintf(text + used, size - used,
						 "%sone of others",
						 used ? ", " : "");
}

static const char *against_group(const struct wish *wish,
				 const struct host *host,
				 char reason[REASON_MAX])
{
	const struct group *group;
	char members[64];

	if (room_in_group(wish, host) > 0)
		return NULL;
	group = &wish->world->groups[wish->spec->group];
	if (group->rule == AFFINITY)
		return REASON("g%d belongs together, and has a member that is"
			      " not on h%u", wish->spec->group, host->number);
	members_text(wish, host, members, sizeof members);
	return REASON("g%d may have %u on one host, and h%u has them already:"
		      " %s", wish->spec->group, group->max, host->number,
		      members);
}

/* ---- capacity ---- */

static const char *amount_wrong(const struct inventory *inv, int64_t amount,
				const char *name, unsigned number,
				char reason[REASON_MAX])
{
	if (amount < inv->min)
		return REASON("h%u gives no less than %" PRId64 " %s at a time",
			      number, inv->min, name);
	if (amount > inv->max)
		return REASON("h%u gives no more than %" PRId64 " %s at a time",
			      number, inv->max, name);
	if (amount % inv->step)
		return REASON("h%u gives %s in steps of %" PRId64, number, name,
			      inv->step);
	return NULL;
}

/* Nodes that have room, for up to @most VMs one after the other. */
static unsigned copies_in_nodes(const struct wish *wish,
				const struct host *host, unsigned most)
{
	unsigned numa = wish->spec->numa;
	struct node part = node_part(&wish->res, numa);
	unsigned count;
	unsigned i;

	for (count = most; count > 0; count--) {
		uint64_t places = 0;

		for (i = 0; i < host->node_count; i++) {
			const struct node *used = &host->told.nodes[i];
			int64_t vcpu = (host->nodes[i].vcpu - used->vcpu) /
				       part.vcpu;
			int64_t mem = (host->nodes[i].mem - used->mem) /
				      part.mem;
			int64_t room = vcpu < mem ? vcpu : mem;

			places += (uint64_t)(room < count ? room : count);
		}
		if (places >= (uint64_t)numa * count)
			break;
	}
	return count;
}

static const char *no_room(const struct wish *wish, const struct host *host,
			   char reason[REASON_MAX])
{
	const char *wrong;
	int lacks;
	int i;

	for (i = 0; i < RESOURCES; i++) {
		wrong = amount_wrong(&host->inv[i], wish->res.of[i],
				     resource_names[i], host->number, reason);
		if (wrong)
			return wrong;
	}
	lacks = usage_lacks(host, &host->told, &wish->res);
	if (lacks >= 0)
		return REASON("h%u has no room: of %s (%" PRId64 " - %" PRId64
			      ") * %g may be used, %" PRId64 " are, and"
			      " %" PRId64 " are needed", host->number,
			      resource_names[lacks], host->inv[lacks].total,
			      host->inv[lacks].reserved,
			      (double)host->inv[lacks].quarters / 4,
			      host->told.used.of[lacks], wish->res.of[lacks]);
	if (wish->spec->numa && copies_in_nodes(wish, host, 1) == 0)
		return REASON("h%u has not %u nodes with room for an equal part"
			      " each", host->number, wish->spec->numa);
	return NULL;
}

/* ---- all of it ---- */

const char *rules_refuse(const struct wish *wish, const struct host *host,
			 char reason[REASON_MAX])
{
	const char *why = unlike(wish, host, reason);

	if (!why)
		why = misplaced(wish, host, reason);
	if (!why)
		why = against_group(wish, host, reason);
	if (!why)
		why = no_room(wish, host, reason);
	return why;
}

unsigned rules_copies(const struct wish *wish, const struct host *host,
		      unsigned most)
{
	char reason[REASON_MAX];
	unsigned count = room_in_group(wish, host);
	int i;

	if (rules_refuse(wish, host, reason))
		return 0;
	if (count > most)
		count = most;
	for (i = 0; i < RESOURCES; i++) {
		int64_t room = inventory_quarters(&host->inv[i]) / 4 -
			       host->told.used.of[i];

		if (wish->res.of[i] && room / wish->res.of[i] < count)
			count = (unsigned)(room / wish->res.of[i]);
	}
	return wish->spec->numa ? copies_in_nodes(wish, host, count) : count;
}

const char *rules_nodes(const struct wish *wish, const struct host *host,
			const unsigned *nodes, unsigned count,
			char reason[REASON_MAX])
{
	unsigned seen = 0;
	unsigned i;

	if (count != wish->spec->numa)
		return REASON("the VM is to be divided between %u nodes, and"
			      " the claim names %u", wish->spec->numa, count);
	for (i = 0; i < count; i++) {
		if (nodes[i] >= host->node_count)
			return REASON("h%u has no node %u", host->number,
				      nodes[i]);
		if (seen & 1u << nodes[i])
			return REASON("node %u is named twice", nodes[i]);
		seen |= 1u << nodes[i];
		if (!usage_node_fits(host, &host->told, nodes[i], &wish->res,
				     count))
			return REASON("node %u of h%u has no room for %" PRId64
				      " vcpu and %" PRId64 " mem", nodes[i],
				      host->number,
				      wish->res.of[VCPU] / count,
				      wish->res.of[MEM] / count);
	}
	return NULL;
}
