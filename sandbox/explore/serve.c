/*
 * serve.c - main(): commands of the supervisor, and what is written for it
 *
 * Also a program for a debugger: PROGRAM --replay FILE [--stop STEP] runs the
 * one schedule of a trace and stops before that step (standalone.c).
 */
#include "runtime.h"
#include "standalone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <assay/judge.h>

#define EXIT_BROKEN 3
#define SEEN 262144u /* histories written before; a power of two */
#define SEEN_USED (SEEN / 4 * 3)

_Static_assert(sizeof(struct explore_command) +
			       EXPLORE_SEGMENTS_MAX *
				       sizeof(struct explore_segment) +
			       EXPLORE_CHOICES_MAX *
				       sizeof(struct explore_choice) <
		       EXPLORE_MESSAGE_MAX,
	       "a replay fits into one message");

struct server {
	uint64_t seen[SEEN];
	uint32_t seen_count;
	uint8_t message[EXPLORE_MESSAGE_MAX];
};

/* ---- entries ---- */

static void append(const void *from, size_t bytes)
{
	copy(rt->memory + rt->memory_used, from, bytes);
	rt->memory_used += bytes;
}

static size_t bytes_of_entry(void)
{
	return sizeof(struct explore_entry) +
	       rt->found * sizeof(struct explore_finding) +
	       rt->segments * sizeof(struct explore_segment) +
	       rt->choices * sizeof(struct explore_choice) +
	       rt->calls * sizeof(struct explore_call) +
	       rt->events * sizeof(struct explore_event);
}

/* False: there is no room for it. */
static bool write_entry(void)
{
	const struct explore_entry entry = {
		.bytes = (uint32_t)bytes_of_entry(),
		.outcome = rt->outcome,
		.schedule = rt->schedule,
		.seed = rt->seed,
		.history = rt->history_hash,
		.result = rt->result_hash,
		.strategy = rt->strategy,
		.threads = rt->threads,
		.steps = rt->steps,
		.preemptions = rt->preemptions,
		.findings = rt->found,
		.segments = rt->segments,
		.choices = rt->choices,
		.calls = rt->calls,
		.events = rt->events,
	};

	if (!rt->memory || rt->memory_used + entry.bytes > rt->memory_bytes)
		return false;
	append(&entry, sizeof entry);
	append(&rt->finding, rt->found * sizeof rt->finding);
	append(rt->segment, rt->segments * sizeof *rt->segment);
	append(rt->choice, rt->choices * sizeof *rt->choice);
	append(rt->call, rt->calls * sizeof *rt->call);
	append(rt->event, rt->events * sizeof *rt->event);
	return true;
}

/* Room for whatever the next schedule may have to tell. */
static bool room_left(void)
{
	return rt->memory_used + sizeof(struct explore_entry) +
		       sizeof(struct explore_finding) + sizeof rt->segment +
		       sizeof rt->choice + sizeof rt->call <=
	       rt->memory_bytes;
}

static bool seen_before(struct server *server, uint64_t hash)
{
	uint32_t i = (uint32_t)(mix(hash, 6) % SEEN);

	hash |= 1;
	while (server->seen[i] && server->seen[i] != hash)
		i = (i + 1) % SEEN;
	if (server->seen[i])
		return true;
	if (server->seen_count < SEEN_USED) {
		server->seen[i] = hash;
		server->seen_count++;
	}
	return false;
}

/* ---- commands ---- */

static const struct scenario *find(const char *name)
{
	const struct scenario *scenario;

	if (strncmp(name, explore_canary.name, SCENARIO_NAME_MAX) == 0)
		return &explore_canary;
	for (scenario = scenarios; scenario->name; scenario++)
		if (strncmp(name, scenario->name, SCENARIO_NAME_MAX) == 0)
			return scenario;
	return NULL;
}

static void begin_scenario(struct server *server,
			   const struct scenario *scenario)
{
	if (rt->scenario == scenario)
		return;
	rt->scenario = scenario;
	rt->schedule = 0;
	rt->most_threads = 0;
	fill(server->seen, 0, sizeof server->seen);
	server->seen_count = 0;
	strategy_begin_scenario();
}

/* What candidates print is theirs to see once. */
static void be_quiet(void)
{
	if (rt->quiet || rt->standalone)
		return;
	rt->quiet = true;
	(void)raw_call(SYS_dup2, 0, 1, 0, 0, 0, 0);
	(void)raw_call(SYS_dup2, 0, 2, 0, 0, 0, 0);
}

static void search(struct server *server, struct explore_reply *reply)
{
	const struct explore_command *command = &rt->command;
	uint64_t i;

	rt->replaying = rt->lenient = false;
	for (i = 0; i < command->schedules && room_left(); i++) {
		rt->seed = command->seed + i;
		core_run();
		be_quiet();
		reply->schedules++;
		reply->steps += rt->steps;
		reply->outcome = rt->outcome;
		if (rt->outcome != EXPLORE_PASSED ||
		    (rt->calls > 0 && !seen_before(server, rt->history_hash)))
			reply->entries += write_entry();
		reply->exhausted = command->strategy == EXPLORE_DELAYS &&
				   strategy_exhausted();
		if (rt->outcome != EXPLORE_PASSED || reply->exhausted)
			break;
	}
}

static void replay(struct explore_reply *reply)
{
	rt->replaying = true;
	rt->lenient = rt->command.flags & EXPLORE_LENIENT;
	rt->given_segments = rt->command.segments;
	rt->given_choices = rt->command.choices;
	rt->seed = rt->command.seed;
	core_run();
	be_quiet();
	reply->schedules = 1;
	reply->steps = rt->steps;
	reply->outcome = rt->outcome;
	reply->entries = write_entry();
}

/* A message of @size bytes; false if it is none that a supervisor sends. */
static bool understand(const uint8_t *message, size_t size)
{
	struct explore_command *command = &rt->command;
	size_t segments, choices;

	if (size < sizeof *command)
		return false;
	copy(command, message, sizeof *command);
	command->scenario[SCENARIO_NAME_MAX - 1] = '\0';
	if (command->segments > EXPLORE_SEGMENTS_MAX ||
	    command->choices > EXPLORE_CHOICES_MAX)
		return false;
	segments = command->segments * sizeof *rt->given_segment;
	choices = command->choices * sizeof *rt->given_choice;
	if (size != sizeof *command + segments + choices)
		return false;
	copy(rt->given_segment, message + sizeof *command, segments);
	copy(rt->given_choice, message + sizeof *command + segments, choices);
	return true;
}

static void carry_out(struct server *server, struct explore_reply *reply)
{
	const struct scenario *scenario = find(rt->command.scenario);

	reply->nonce = rt->command.nonce;
	rt->memory_used = 0;
	if (!scenario) {
		reply->outcome = EXPLORE_UNKNOWN_SCENARIO;
		return;
	}
	begin_scenario(server, scenario);
	if (rt->command.action == EXPLORE_REPLAY)
		replay(reply);
	else
		search(server, reply);
	reply->bytes = rt->memory_used;
	reply->classes = race_classes();
	reply->threads = rt->most_threads;
}

static bool receive(struct server *server)
{
	long got;

	do {
		got = raw_call(SYS_recvfrom, ASSAY_DRIVER_CHANNEL_FD,
			       (long)(uintptr_t)server->message,
			       sizeof server->message, 0, 0, 0);
	} while (got == -4); /* EINTR: the clock of trap.c */
	return got > 0 && understand(server->message, (size_t)got);
}

static void serve(struct server *server)
{
	while (receive(server)) {
		struct explore_reply reply = { 0 };

		carry_out(server, &reply);
		(void)raw_call(SYS_sendto, ASSAY_DRIVER_CHANNEL_FD,
			       (long)(uintptr_t)&reply, sizeof reply,
			       0x4000 /* MSG_NOSIGNAL */, 0, 0);
	}
}

/* ---- main ---- */

static bool map_memory(void)
{
	struct stat status;

	if (fstat(ASSAY_DRIVER_HISTORY_FD, &status) < 0)
		return false;
	rt->memory_bytes = (uint64_t)status.st_size;
	rt->memory = runtime_map_file(ASSAY_DRIVER_HISTORY_FD,
				      rt->memory_bytes);
	return rt->memory != NULL;
}

static bool make_runtime(void)
{
	struct runtime *made = runtime_map(sizeof *made);

	if (!made || !heap_init())
		return false;
	made->busy = 1;
	rt = made;
	memory_init();
	race_init();
	atomics_init();
	object_tables_init();
	strategy_init();
	return rt->race && rt->atomics && rt->strategy_state &&
	       trap_install() && fiber_pool();
}

/* What of libc is set up at its first use is so before the snapshot. */
static _Noreturn void leave(int status)
{
	for (;;)
		(void)raw_call(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	struct server *server = runtime_map(sizeof *server);

	if (!server || !make_runtime())
		leave(EXIT_BROKEN);
	rt->standalone = argc > 1;
	if (!rt->standalone && !map_memory())
		leave(EXIT_BROKEN);
	if (rt->standalone && !standalone_read(argc, argv))
		leave(2);
	if (!snapshot_take() || (!rt->standalone && !trap_seal()))
		leave(EXIT_BROKEN);
	if (rt->standalone)
		leave(standalone_run(find(rt->command.scenario)));
	serve(server);
	leave(0);
}
