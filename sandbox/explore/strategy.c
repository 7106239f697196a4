/*
 * strategy.c - who runs next
 *
 * No strategy is best for all programs, so they take turns, a schedule each.
 * All choose among the threads that can go on (@enabled); what they rank is
 * the operation that a thread is about to carry out.
 *
 *   RANDOM   any of them
 *   UNIFORM  weighted by how much each still has to do: closer to uniform over
 *            whole schedules (Zhao, Wolff, Mathur, Roychoudhury: "Selectively
 *            Uniform Concurrency Testing", ASPLOS 2025, "URW")
 *   SURW     the same, but counting only accesses to one object, which is
 *            drawn anew for each schedule; who is about to access it out of
 *            turn waits (the same paper)
 *   PCT      random priorities of threads, lowered at d - 1 random moments
 *            (Burckhardt, Kothari, Musuvathi, Nagarakatte: "A Randomized
 *            Scheduler with Probabilistic Guarantees of Finding Bugs",
 *            ASPLOS 2010), d = 3
 *   POS      random priorities of operations, drawn anew for those that
 *            conflict with the one that ran (Yuan, Yang, Gu: "Partial Order
 *            Aware Concurrency Sampling", CAV 2018)
 *   SITES    random priorities of places in the code: threads that run the
 *            same function stall at the same store, however many they are.
 *            Our own
 *   DELAYS   round robin without preemption, but for at most two delays, each
 *            pair of moments once (Emmi, Qadeer, Rakamaric: "Delay-Bounded
 *            Scheduling", POPL 2011)
 *
 * The first two schedules of a scenario see every access, to learn which
 * places touch memory that threads share.
 */
#include "runtime.h"

#define PCT_DEPTH 3
#define LEARNING 2      /* schedules */
#define LATE 5000       /* schedules after which depth counts more */
#define SHARED_ONE_IN 6 /* with races fatal: plain accesses as decisions */
#define LENGTH_MIN 16u
#define PROFILES 4096u /* objects; a power of two */
#define OBJECTS_KEPT 256u

/* How often each thread was about to use an object. */
struct profile {
	uint64_t address;
	uint64_t schedule; /* that "now" counts */
	uint16_t now[THREADS];
	uint16_t last[THREADS];
	bool kept;
};

enum sites_by { BY_SITE, BY_SITE_AND_THREAD, BY_ADDRESS, SITES_BY };

struct strategy_state {
	uint32_t length;          /* decisions of a schedule, at most so far */
	uint32_t ops_of[THREADS]; /* of each thread in the last schedule */
	uint64_t change[PCT_DEPTH - 1];
	uint64_t salt;
	enum sites_by by;

	/* SURW */
	uint64_t chosen; /* address of the object */
	uint32_t left[THREADS];
	int intended;
	uint32_t profiles, objects;
	uint64_t object[OBJECTS_KEPT]; /* that several threads use */
	struct profile profile[PROFILES];

	/* DELAYS: at which decisions */
	uint32_t first, second, longest;
	bool exhausted;
};

static const uint8_t early_portfolio[] = {
	EXPLORE_SITES, EXPLORE_POS,    EXPLORE_SURW,   EXPLORE_PCT,
	EXPLORE_SITES, EXPLORE_RANDOM, EXPLORE_DELAYS, EXPLORE_UNIFORM,
};

static const uint8_t late_portfolio[] = {
	EXPLORE_POS,  EXPLORE_UNIFORM, EXPLORE_SITES, EXPLORE_POS,
	EXPLORE_SURW, EXPLORE_UNIFORM, EXPLORE_PCT,   EXPLORE_RANDOM,
};

void strategy_init(void)
{
	rt->strategy_state = runtime_map(sizeof *rt->strategy_state);
}

void strategy_begin_scenario(void)
{
	fill(rt->strategy_state, 0, sizeof *rt->strategy_state);
}

bool strategy_exhausted(void)
{
	return rt->strategy_state->exhausted;
}

/* ---- sets ---- */

static struct fiber *fiber_at(uint32_t set, uint32_t index)
{
	while (index-- > 0)
		set &= set - 1;
	return &rt->fibers[__builtin_ctz(set)];
}

static struct fiber *pick_random(uint32_t set)
{
	uint32_t count = (uint32_t)__builtin_popcount(set);

	return fiber_at(set, (uint32_t)(core_random() % count));
}

static struct fiber *pick_highest(uint32_t set)
{
	struct fiber *best = NULL;

	for (; set; set &= set - 1) {
		struct fiber *fiber = &rt->fibers[__builtin_ctz(set)];

		if (!best || fiber->priority > best->priority)
			best = fiber;
	}
	return best;
}

/* One of @set, by weights of at least 1. */
static struct fiber *pick_weighted(uint32_t set, const uint32_t *weight)
{
	uint64_t sum = 0, at;
	uint32_t rest;

	for (rest = set; rest; rest &= rest - 1)
		sum += weight[__builtin_ctz(rest)] + 1u;
	at = core_random() % sum;
	for (rest = set; rest & (rest - 1); rest &= rest - 1) {
		uint64_t share = weight[__builtin_ctz(rest)] + 1u;

		if (at < share)
			break;
		at -= share;
	}
	return &rt->fibers[__builtin_ctz(rest)];
}

/* ---- UNIFORM ---- */

static struct fiber *pick_uniform(uint32_t enabled)
{
	uint32_t weight[THREADS], i;

	for (i = 0; i < rt->threads; i++) {
		uint32_t all = rt->strategy_state->ops_of[i];

		weight[i] = all > rt->fibers[i].ops ? all - rt->fibers[i].ops
						    : 0;
	}
	return pick_weighted(enabled, weight);
}

/* ---- SURW ---- */

static struct profile *profile_of(uint64_t address)
{
	struct strategy_state *state = rt->strategy_state;
	uint32_t i = (uint32_t)(mix(address, 5) % PROFILES);
	struct profile *profile = &state->profile[i];

	while (profile->address && profile->address != address) {
		i = (i + 1) % PROFILES;
		profile = &state->profile[i];
	}
	if (!profile->address) {
		if (state->profiles >= PROFILES / 4 * 3)
			return NULL;
		state->profiles++;
		profile->address = address;
	}
	if (profile->schedule != rt->total) {
		copy(profile->last, profile->now, sizeof profile->last);
		fill(profile->now, 0, sizeof profile->now);
		profile->schedule = rt->total;
	}
	return profile;
}

static void count_use(uint64_t address, uint32_t thread)
{
	struct strategy_state *state = rt->strategy_state;
	struct profile *profile;
	uint32_t i;

	if (address < 4096) /* a thread's number */
		return;
	profile = profile_of(address);
	if (!profile || profile->now[thread] == UINT16_MAX)
		return;
	profile->now[thread]++;
	if (profile->kept || state->objects == OBJECTS_KEPT)
		return;
	for (i = 0; i < rt->threads; i++)
		if (i != thread && (profile->now[i] || profile->last[i]))
			profile->kept = true;
	if (profile->kept)
		state->object[state->objects++] = address;
}

static void begin_surw(void)
{
	struct strategy_state *state = rt->strategy_state;
	const struct profile *profile;
	uint32_t i;

	state->intended = NOBODY;
	state->chosen = 0;
	fill(state->left, 0, sizeof state->left);
	if (state->objects == 0)
		return;
	state->chosen = state->object[core_random() % state->objects];
	profile = profile_of(state->chosen);
	for (i = 0; profile && i < THREADS; i++)
		state->left[i] = profile->last[i];
}

static void intend(uint32_t set)
{
	struct strategy_state *state = rt->strategy_state;

	state->intended = (int)pick_weighted(set, state->left)->number;
}

static struct fiber *pick_surw(uint32_t enabled)
{
	struct strategy_state *state = rt->strategy_state;
	uint32_t rest, before = 0;

	for (rest = enabled; rest; rest &= rest - 1) {
		const struct fiber *fiber = &rt->fibers[__builtin_ctz(rest)];

		if (fiber->op.address == state->chosen)
			before |= 1u << fiber->number;
	}
	if (state->intended == NOBODY)
		intend(enabled);
	if (!(before & 1u << state->intended) && before == enabled)
		intend(enabled); /* everybody stands before the object */
	rest = enabled & ~before;
	if (before & 1u << state->intended)
		rest |= 1u << state->intended;
	return pick_random(rest ? rest : enabled);
}

static void executed_surw(const struct fiber *fiber)
{
	struct strategy_state *state = rt->strategy_state;

	if (fiber->op.address != state->chosen)
		return;
	if (state->left[fiber->number])
		state->left[fiber->number]--;
	state->intended = NOBODY;
}

/* ---- PCT ---- */

static void begin_pct(void)
{
	struct strategy_state *state = rt->strategy_state;
	uint32_t length = state->length > LENGTH_MIN ? state->length
						     : LENGTH_MIN;
	uint32_t i;

	for (i = 0; i < PCT_DEPTH - 1; i++)
		state->change[i] = 1 + core_random() % length;
}

/* Priorities below PCT_DEPTH are those of change points. */
static struct fiber *pick_pct(uint32_t enabled)
{
	struct strategy_state *state = rt->strategy_state;
	struct fiber *best;
	uint32_t i;

	for (i = 0; i < rt->threads; i++)
		if (rt->fibers[i].priority == 0)
			rt->fibers[i].priority = PCT_DEPTH +
						 (core_random() >> 8);
	best = pick_highest(enabled);
	for (i = 0; i < PCT_DEPTH - 1; i++)
		if (state->change[i] == rt->decisions) {
			best->priority = PCT_DEPTH - 1 - i;
			best = pick_highest(enabled);
		}
	return best;
}

/* ---- POS ---- */

static struct fiber *pick_pos(uint32_t enabled)
{
	uint32_t i;

	for (i = 0; i < rt->threads; i++)
		if (rt->fibers[i].priority == 0)
			rt->fibers[i].priority = core_random() | 1;
	return pick_highest(enabled);
}

static void executed_pos(const struct fiber *ran)
{
	uint32_t i;

	for (i = 0; i < rt->threads; i++) {
		struct fiber *fiber = &rt->fibers[i];

		if (fiber == ran || (fiber->op.address == ran->op.address &&
				     (fiber->op.write || ran->op.write)))
			fiber->priority = 0;
	}
}

/* ---- SITES ---- */

static uint64_t rank(const struct fiber *fiber)
{
	const struct strategy_state *state = rt->strategy_state;

	switch (state->by) {
	case BY_SITE_AND_THREAD:
		return mix(state->salt ^ fiber->number, fiber->op.pc);
	case BY_ADDRESS:
		return mix(state->salt ^ fiber->op.kind, fiber->op.address);
	case BY_SITE:
	case SITES_BY:
		break;
	}
	return mix(state->salt, fiber->op.pc);
}

static struct fiber *pick_site(uint32_t enabled)
{
	uint32_t set = enabled, best = 0;
	uint64_t highest = 0;

	for (; set; set &= set - 1) {
		uint32_t number = (uint32_t)__builtin_ctz(set);
		uint64_t value = rank(&rt->fibers[number]) | 1;

		if (value > highest) {
			highest = value;
			best = 0;
		}
		if (value == highest)
			best |= 1u << number;
	}
	return pick_random(best);
}

/* ---- DELAYS ---- */

/* The next pair; none (0, 0), one (n, 0), two (m, n) with m < n. */
static void next_delays(void)
{
	struct strategy_state *state = rt->strategy_state;

	if (rt->decisions > state->longest)
		state->longest = rt->decisions;
	if (state->second == 0 && state->first <= state->longest) {
		state->first++;
		if (state->first <= state->longest)
			return;
		state->first = 1;
		state->second = 2;
	} else if (++state->first >= state->second) {
		state->first = 1;
		state->second++;
	}
	state->exhausted = state->second > state->longest;
}

static struct fiber *after(const struct fiber *self, uint32_t enabled)
{
	uint32_t i, number = self->number;

	for (i = 0; i < rt->threads; i++) {
		number = (number + 1) % rt->threads;
		if (enabled & 1u << number)
			break;
	}
	return &rt->fibers[number];
}

static struct fiber *pick_delays(uint32_t enabled)
{
	const struct strategy_state *state = rt->strategy_state;
	struct fiber *next = rt->current;

	if (!(enabled & 1u << next->number))
		next = after(next, enabled);
	if (rt->decisions == state->first || rt->decisions == state->second)
		next = after(next, enabled);
	return next;
}

/* ---- all of them ---- */

struct fiber *strategy_pick(uint32_t enabled)
{
	if (!(enabled & (enabled - 1)))
		return &rt->fibers[__builtin_ctz(enabled)];
	if (rt->decisions <= rt->fair_until)
		return pick_random(enabled);
	switch (rt->strategy) {
	case EXPLORE_UNIFORM:
		return pick_uniform(enabled);
	case EXPLORE_SURW:
		return pick_surw(enabled);
	case EXPLORE_PCT:
		return pick_pct(enabled);
	case EXPLORE_POS:
		return pick_pos(enabled);
	case EXPLORE_SITES:
		return pick_site(enabled);
	case EXPLORE_DELAYS:
		return pick_delays(enabled);
	default:
		return pick_random(enabled);
	}
}

void strategy_executed(const struct fiber *fiber)
{
	if (fiber->op.kind != EXPLORE_READ && fiber->op.kind != EXPLORE_WRITE)
		count_use(fiber->op.address, fiber->number);
	if (rt->strategy == EXPLORE_POS)
		executed_pos(fiber);
	else if (rt->strategy == EXPLORE_SURW)
		executed_surw(fiber);
}

static uint32_t turn(void)
{
	const uint64_t n = rt->schedule;
	uint32_t strategy = n < LATE ? early_portfolio[n % 8]
				     : late_portfolio[n % 8];

	if (strategy == EXPLORE_DELAYS && rt->strategy_state->exhausted)
		strategy = EXPLORE_POS;
	return strategy;
}

static enum granularity granularity(void)
{
	if (rt->schedule <= LEARNING)
		return SEE_ALL;
	if (rt->command.flags & EXPLORE_RACES)
		return rt->schedule % SHARED_ONE_IN == 0 ? SEE_SHARED
							 : SEE_SYNC;
	return rt->schedule % 4 == 0 ? SEE_SYNC : SEE_SHARED;
}

void strategy_begin(void)
{
	struct strategy_state *state = rt->strategy_state;

	rt->strategy = rt->command.strategy;
	if (rt->replaying)
		rt->strategy = EXPLORE_REPLAYED;
	else if (rt->strategy == EXPLORE_PORTFOLIO)
		rt->strategy = turn();
	rt->granularity = granularity();
	if (rt->strategy == EXPLORE_DELAYS)
		rt->granularity = SEE_SYNC;
	rt->see_unlock = rt->trylock_seen || rt->granularity != SEE_SYNC;
	state->salt = core_random();
	state->by = (enum sites_by)(core_random() % SITES_BY);
	begin_surw();
	begin_pct();
}

void strategy_end(void)
{
	struct strategy_state *state = rt->strategy_state;
	uint32_t i;

	if (rt->replaying)
		return;
	if (rt->strategy == EXPLORE_DELAYS)
		next_delays();
	if (rt->granularity != SEE_ALL && rt->decisions > state->length)
		state->length = rt->decisions;
	for (i = 0; i < rt->threads; i++)
		state->ops_of[i] = rt->fibers[i].ops;
}
