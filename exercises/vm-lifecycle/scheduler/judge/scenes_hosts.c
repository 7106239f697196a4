/*
 * scenes_hosts.c - scenes about which hosts a VM may go to: filters, capacity,
 * NUMA
 *
 * One host is right. All others are wrong, each for one reason only.
 */
#include "scenes.h"

static const int64_t scale[RESOURCES] = { 1, 1024, 10 };

/* Some use, so that it is not always the same host that is the fullest. */
static void use_some(struct host *host, struct random *random)
{
	unsigned part = random_below(random, 20);
	unsigned i;

	for (i = 0; i < RESOURCES; i++)
		host->truth.used.of[i] = part * scale[i];
	host->truth.gen = random_between(random, 1, 90);
}

/* ---- filters ---- */

enum flaw { FLAW_DOWN, FLAW_ARCH, FLAW_REQUIRED, FLAW_FORBIDDEN, FLAW_EXCLUDED,
	    FLAWS };

static void spoil(struct host *host, struct spec *spec, enum flaw flaw)
{
	switch (flaw) {
	case FLAW_DOWN:
		host->up = false;
		break;
	case FLAW_ARCH:
		host->arch = 1 - (unsigned)spec->arch;
		break;
	case FLAW_REQUIRED: /* one of two is not enough */
		host->traits &= ~(spec->required & -spec->required);
		break;
	case FLAW_FORBIDDEN:
		host->traits |= spec->forbidden;
		break;
	case FLAW_EXCLUDED:
		spec->excludes[spec->exclude_count++] = host->number;
		break;
	case FLAWS:
		break;
	}
}

void make_filters(struct scene *scene, struct random *random, unsigned number)
{
	enum flaw flaw = (enum flaw)(number % (FLAWS + 1));
	unsigned count = random_between(random, 5, 8);
	unsigned right = random_below(random, count);
	struct spec spec = scene_spec();
	struct host *host;
	struct host down;
	struct host up;
	unsigned i;

	spec.arch = (int)random_below(random, ARCHES);
	spec.required = random_below(random, 2) ? 3 : 5;
	spec.forbidden = 8;
	for (i = 0; i < count; i++) {
		host = scene_host(scene);
		use_some(host, random);
		host->arch = (unsigned)spec.arch;
		host->traits = spec.required;
		if (random_below(random, 2))
			host->traits |= 6; /* more than is asked for */
		if (i != right)
			spoil(host, &spec, flaw == FLAWS ?
			      (enum flaw)random_below(random, FLAWS) : flaw);
	}
	(void)scene_request(scene, 1, spec);
	down = up = scene->hosts[right];
	down.up = false;
	scene_change(scene, &down);
	(void)scene_request(scene, 1, spec);
	scene_change(scene, &up);
	(void)scene_request(scene, 1, spec);
	spec.excludes[0] = up.number;
	spec.exclude_count = 1;
	(void)scene_request(scene, 1, spec);
	/* anywhere, once more */
	(void)scene_request(scene, 1, scene_spec());
}

/* ---- capacity ---- */

enum want { WANT_ROOM, WANT_RESERVED, WANT_ORDER, WANT_RATIO, WANT_MIN,
	    WANT_MAX, WANT_STEP, WANTS };

/* Leave exactly @room of the resource; -1 of what is needed is one short. */
static void leave(struct host *host, unsigned resource, int64_t room)
{
	host->truth.used.of[resource] =
		inventory_quarters(&host->inv[resource]) / 4 - room;
}

static void starve(struct host *host, unsigned resource, enum want want,
		   int64_t need)
{
	struct inventory *inv = &host->inv[resource];

	switch (want) {
	case WANT_ROOM:
		leave(host, resource, need - 1);
		break;
	case WANT_RESERVED: /* enough, if nothing were reserved */
		inv->reserved = inv->total / 2;
		leave(host, resource, need - scale[resource]);
		break;
	case WANT_ORDER: /* enough, if what is reserved were not multiplied */
		inv->reserved = inv->total / 4;
		inv->quarters = 8;
		leave(host, resource, need - 1);
		break;
	case WANT_RATIO: /* less than there is */
		inv->quarters = 3;
		leave(host, resource, need - 1);
		break;
	case WANT_MIN:
		inv->min = need + 1;
		break;
	case WANT_MAX:
		inv->max = need - 1;
		break;
	case WANT_STEP:
		inv->step = 5 * scale[resource];
		break;
	case WANTS:
		break;
	}
}

/* It only just fits, with everything that there is to be reckoned. */
static void fit_exactly(struct host *host, unsigned resource, int64_t need,
			struct random *random)
{
	struct inventory *inv = &host->inv[resource];

	inv->reserved = random_between(random, 1, 16) * scale[resource];
	inv->quarters = random_between(random, 5, 16);
	inv->min = inv->max = need;
	inv->step = need / 2;
	leave(host, resource, need);
}

void make_capacity(struct scene *scene, struct random *random, unsigned number)
{
	enum want want = (enum want)(number % WANTS);
	unsigned resource = number / WANTS % RESOURCES;
	unsigned count = random_between(random, 4, 7);
	unsigned right = random_below(random, count);
	struct spec spec = scene_spec();
	struct host *host;
	struct host more;
	int64_t need;
	unsigned i;

	for (i = 0; i < RESOURCES; i++)
		spec.res.of[i] = 12 * scale[i];
	need = spec.res.of[resource];
	for (i = 0; i < count; i++) {
		host = scene_host(scene);
		use_some(host, random);
		if (i == right)
			fit_exactly(host, resource, need, random);
		else
			starve(host, resource, want, need);
	}
	(void)scene_request(scene, 1, spec);
	/* now it is full */
	(void)scene_request(scene, 1, spec);
	/* and now it has room for exactly two, at a ratio of 1/4 */
	more = scene->hosts[right];
	more.inv[resource].quarters = 1;
	more.inv[resource].total = more.inv[resource].reserved +
				   4 * (more.truth.used.of[resource] +
					3 * need);
	scene_change(scene, &more);
	(void)scene_request(scene, 3, spec);
	(void)scene_request(scene, 2, spec);
}

/* ---- NUMA ---- */

static void give_nodes(struct host *host, unsigned count, int64_t vcpu,
		       int64_t mem)
{
	unsigned i;

	host->node_count = count;
	for (i = 0; i < count; i++)
		host->nodes[i] = (struct node){ .vcpu = vcpu, .mem = mem };
}

/* Much in all, and in no node enough for a part of the VM. */
static void scatter(struct host *host, struct random *random,
		    const struct spec *spec)
{
	struct node part = node_part(&spec->res, spec->numa);
	bool of_mem = random_below(random, 2);
	unsigned spared = spec->numa - 1; /* nodes that would do */
	unsigned i;

	for (i = 0; i < host->node_count; i++) {
		if (i < spared)
			continue;
		if (of_mem)
			host->truth.nodes[i].mem =
				host->nodes[i].mem - part.mem + 1;
		else
			host->truth.nodes[i].vcpu =
				host->nodes[i].vcpu - part.vcpu + 1;
	}
}

/* Room for exactly two of the VMs, in the last nodes. */
static void keep_last(struct host *host, const struct spec *spec)
{
	struct node part = node_part(&spec->res, spec->numa);
	unsigned i;

	host->truth.nodes[0] = (struct node){ .vcpu = host->nodes[0].vcpu };
	for (i = host->node_count - spec->numa; i < host->node_count; i++)
		host->truth.nodes[i] = (struct node){
			.vcpu = host->nodes[i].vcpu - 2 * part.vcpu };
}

static void add_up_nodes(struct host *host)
{
	unsigned i;

	for (i = 0; i < host->node_count; i++) {
		host->truth.used.of[VCPU] += host->truth.nodes[i].vcpu;
		host->truth.used.of[MEM] += host->truth.nodes[i].mem;
	}
}

void make_numa(struct scene *scene, struct random *random, unsigned number)
{
	unsigned count = random_between(random, 3, 6);
	unsigned right = random_below(random, count);
	struct spec spec = scene_spec();
	struct host *host;
	unsigned i;

	spec.numa = 1 + number % 2;
	spec.res = (struct amounts){ .of = { 8, 16384, 20 } };
	for (i = 0; i < count; i++) {
		host = scene_host(scene);
		give_nodes(host, 4, 16, 65536);
		scatter(host, random, &spec);
		if (i == right)
			keep_last(host, &spec);
		add_up_nodes(host);
	}
	(void)scene_request(scene, 1, spec);
	(void)scene_request(scene, 2, spec);
	(void)scene_request(scene, 1, spec);
	/* one that is not pinned needs no node */
	(void)scene_request(scene, 1, scene_spec());
	(void)scene_request(scene, 1, spec);
}
