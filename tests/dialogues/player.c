/* player.c - see player.h */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create, pipe2 */
#endif
#include "player.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include <assay/keeper.h>

#define PIPE (1u << 16)
#define LOG_MAX (1u << 16)
#define LOOK_MS 50
#define REQUESTS_MAX 64

/* Bytes that wait. */
struct waiting {
	char *bytes;
	size_t used, room;
};

struct program {
	const char *plan, *end;
	struct player_plan head;
	uint32_t start;   /* from 1; 0: not started yet */
	const char *next; /* line */
	uint32_t left;    /* lines of this start */
	uint32_t inputs;  /* lines sent to this start */
	bool silent, ended;
	int32_t exit_status, signal;
};

struct player {
	struct program program;
	int events, verdict, channel, given, came, log, history;
	const struct player_judge *judge;
	struct waiting unwritten, withheld, said; /* said: by the judge */
	char *last;                               /* verdict */
	size_t last_size;
	uint32_t starts, kills, syncs;
	bool alive, held, over;
	bool asked[REQUESTS_MAX]; /* for threads, or else for a probe */
	unsigned requests;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void waiting_add(struct waiting *waiting, const char *bytes, size_t size)
{
	if (waiting->used + size > waiting->room) {
		waiting->room = 2 * waiting->room + size;
		waiting->bytes = realloc(waiting->bytes, waiting->room);
		if (!waiting->bytes)
			abort();
	}
	if (size > 0)
		memcpy(waiting->bytes + waiting->used, bytes, size);
	waiting->used += size;
}

static void waiting_drop(struct waiting *waiting, size_t size)
{
	if (size == 0)
		return;
	waiting->used -= size;
	memmove(waiting->bytes, waiting->bytes + size, waiting->used);
}

/* ---- the program ---- */

static uint32_t program_count(struct program *program)
{
	uint32_t count;

	memcpy(&count, program->next, sizeof count);
	program->next += sizeof count;
	return count;
}

static struct player_line program_line(const char *at)
{
	struct player_line line;

	memcpy(&line, at, sizeof line);
	return line;
}

static const char *behind(const char *at)
{
	return at + sizeof(struct player_line) + program_line(at).size;
}

/* One that is started more often than it has starts does the last one again if
 * that is for it, and else ends. */
static void program_begin(struct program *program)
{
	uint32_t start = program->start++;
	uint32_t i, most = program->head.starts + program->head.has_more;

	program->inputs = program->left = 0;
	program->ended = false;
	if (start >= most && !program->head.has_more) {
		program->ended = true;
		program->exit_status = program->signal = 0;
		return;
	}
	if (start >= most)
		start = most - 1;
	program->next = program->plan;
	for (i = 0; i <= start; i++) {
		while (program->left > 0) {
			program->next = behind(program->next);
			program->left--;
		}
		program->left = program_count(program);
	}
}

static void program_feed(struct program *program, const char *bytes,
			 size_t size)
{
	const char *end = bytes + size;

	while ((bytes = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		program->inputs++;
		bytes++;
	}
}

static void program_end(struct program *program, int32_t status, int32_t signal)
{
	if (program->ended)
		return;
	program->ended = true;
	program->exit_status = status;
	program->signal = signal;
}

/* What it writes now. */
static void program_take(struct program *program, struct waiting *to)
{
	while (program->left > 0 && !program->silent && !program->ended) {
		struct player_line line = program_line(program->next);

		if (line.after > program->inputs)
			break;
		waiting_add(to, program->next + sizeof line, line.size);
		program->next = behind(program->next);
		program->left--;
		program->silent |= line.then == PLAYER_IS_SILENT;
		if (line.then == PLAYER_ENDS)
			program_end(program, line.exit_status, line.signal);
	}
	if (program->left == 0 && !program->head.stays && !program->silent &&
	    program->start >= program->head.starts)
		program_end(program, 0, 0);
}

/* ---- the keeper ---- */

static void tell(struct player *player, enum keeper_message type,
		 int32_t status, int32_t signal)
{
	const struct keeper_event event = {
		.type = type,
		.exit_status = status,
		.signal = signal,
		.kills = player->kills,
		.start = player->starts,
	};

	(void)send(player->channel, &event, sizeof event,
		   MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void flush(struct player *player)
{
	struct waiting *unwritten = &player->unwritten;
	size_t done = 0;
	ssize_t put = 1;

	if (!player->held && player->withheld.used > 0) {
		waiting_add(unwritten, player->withheld.bytes,
			    player->withheld.used);
		player->withheld.used = 0;
	}
	while (done < unwritten->used && put > 0) {
		size_t size = unwritten->used - done;

		put = write(player->came, unwritten->bytes + done,
			    size < PIPE ? size : PIPE);
		if (put > 0)
			done += (size_t)put;
		else if (errno == EPIPE)
			done = unwritten->used;
	}
	waiting_drop(unwritten, done);
}

static struct waiting *written_to(struct player *player)
{
	return player->held ? &player->withheld : &player->unwritten;
}

/* What lies in the pipe. Not while nothing runs: it may be meant for who is
 * started next. */
static void take_input(struct player *player)
{
	static char bytes[PIPE];
	ssize_t got;

	while (player->given >= 0 && player->alive) {
		got = read(player->given, bytes, sizeof bytes);
		if (got < 0)
			return;
		if (got == 0) {
			(void)close(player->given);
			player->given = -1;
			if (!player->program.silent)
				program_end(&player->program, 0, 0);
			return;
		}
		for (ssize_t i = 0; i < got; i++)
			player->syncs += bytes[i] == '\n';
		program_feed(&player->program, bytes, (size_t)got);
	}
}

static void obey_kill(struct player *player)
{
	static char bytes[PIPE];

	take_input(player);
	if (player->alive) {
		flush(player);
		program_take(&player->program, written_to(player));
		flush(player);
	} else if (player->given >= 0 &&
		   read(player->given, bytes, sizeof bytes) < 0) {
		/* there was nothing */
	}
	player->kills++;
	player->alive = false;
	player->unwritten.used = 0;
	tell(player, KEEPER_ENDED, -1, SIGKILL);
}

static void obey(struct player *player)
{
	struct keeper_command command;

	while (recv(player->channel, &command, sizeof command, MSG_DONTWAIT) ==
	       (ssize_t)sizeof command) {
		if (command.type == KEEPER_START) {
			program_begin(&player->program);
			player->starts++;
			player->alive = true;
			tell(player, KEEPER_STARTED, 0, 0);
		} else if (command.type == KEEPER_KILL) {
			obey_kill(player);
		}
	}
}

static void put_output(struct player *player)
{
	struct program *program = &player->program;

	flush(player);
	if (!player->alive || player->unwritten.used > 0)
		return;
	program_take(program, written_to(player));
	flush(player);
	if (program->ended && player->unwritten.used == 0) {
		player->alive = false;
		tell(player, KEEPER_ENDED, program->exit_status,
		     program->signal);
	}
}

/* ---- the harness ---- */

static void hear_line(struct player *player, const char *text, size_t size)
{
	json_t *line = json_loadb(text, size, 0, NULL);
	const char *type = json_string_value(json_object_get(line, "type"));
	bool threads;

	if (!type)
		abort();
	threads = strcmp(type, "threads") == 0;
	if (strcmp(type, "verdict") == 0) {
		free(player->last);
		player->last = strndup(text, size);
		player->last_size = size;
	} else if (strcmp(type, "hold-syncs") == 0) {
		player->held = true;
	} else if (strcmp(type, "release-syncs") == 0) {
		player->held = false;
	} else if ((threads || strcmp(type, "probe") == 0) &&
		   player->requests < REQUESTS_MAX) {
		player->asked[player->requests++] = threads;
	}
	json_decref(line);
}

static void hear(struct player *player)
{
	static char bytes[PIPE];
	size_t first = 0;
	const char *end;
	ssize_t got;

	while ((got = read(player->verdict, bytes, sizeof bytes)) > 0)
		waiting_add(&player->said, bytes, (size_t)got);
	player->over = got == 0;
	while (first < player->said.used &&
	       (end = memchr(player->said.bytes + first, '\n',
			     player->said.used - first))) {
		const char *text = player->said.bytes + first;

		hear_line(player, text, (size_t)(end - text));
		first += (size_t)(end - text) + 1;
	}
	waiting_drop(&player->said, first);
}

static void answer(struct player *player)
{
	bool idle = player->unwritten.used == 0;
	char text[256];

	for (unsigned i = 0; i < player->requests; i++) {
		int size;

		if (player->asked[i])
			size = snprintf(text, sizeof text,
					"{\"type\":\"threads\",\"alive\":%s,"
					"\"for_good\":%s}\n",
					player->alive ? "true" : "false",
					idle ? "true" : "false");
		else
			size = snprintf(
				text, sizeof text,
				"{\"type\":\"probe\",\"alive\":%s,"
				"\"cpu_us\":1000,\"threads\":%d,\"running\":%d,"
				"\"syncs\":%u,\"syncs_held\":%d}\n",
				player->alive ? "true" : "false", player->alive,
				player->alive && !idle, player->syncs,
				player->held && player->syncs > 0);
		(void)send(player->events, text, (size_t)size, MSG_NOSIGNAL);
	}
	player->requests = 0;
}

static void await_more(const struct player *player)
{
	struct pollfd watched[] = {
		{ .fd = player->verdict, .events = POLLIN },
		{ .fd = player->channel, .events = POLLIN },
		{ .fd = player->alive ? player->given : -1, .events = POLLIN },
		{ .fd = player->unwritten.used > 0 ? player->came : -1,
		  .events = POLLOUT },
	};

	(void)poll(watched, sizeof watched / sizeof *watched, LOOK_MS);
}

/* Until the judge has ended; whether it had to be made to. */
static bool run(struct player *player, int32_t *ret_status)
{
	uint64_t until_ms = now_ms() + player->program.head.patience_ms;
	int status = 0;

	while (!player->over && now_ms() < until_ms) {
		await_more(player);
		hear(player);
		obey(player);
		take_input(player);
		put_output(player);
		answer(player);
	}
	while (!player->judge->ended(player->judge->data, &status)) {
		if (now_ms() > until_ms) {
			*ret_status = player->judge->kill(player->judge->data);
			return true;
		}
		(void)poll(NULL, 0, 1);
	}
	hear(player);
	*ret_status = status;
	return false;
}

/* ---- one dialogue ---- */

static bool make_ends(struct player *player, int *ends)
{
	int pair[2];

	for (unsigned i = 0; i < PLAYER_ENDS_MAX; i++)
		ends[i] = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	player->events = pair[0];
	ends[PLAYER_EVENTS] = pair[1];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	player->channel = pair[0];
	ends[PLAYER_CHANNEL] = pair[1];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return false;
	player->verdict = pair[0];
	ends[PLAYER_VERDICT] = pair[1];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return false;
	player->given = pair[0];
	ends[PLAYER_INPUT] = pair[1];
	if (pipe2(pair, O_CLOEXEC) < 0)
		return false;
	player->came = pair[1];
	ends[PLAYER_OUTPUT] = pair[0];
	player->log = ends[PLAYER_LOG] = memfd_create("log", MFD_CLOEXEC);
	player->history = ends[PLAYER_HISTORY] = memfd_create("history",
							      MFD_CLOEXEC);
	return player->log >= 0 && player->history >= 0 &&
	       fcntl(player->verdict, F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(player->given, F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(player->came, F_SETFL, O_WRONLY | O_NONBLOCK) == 0;
}

static void close_all(const struct player *player)
{
	const int fds[] = { player->events, player->verdict, player->channel,
			    player->given,  player->came,    player->log,
			    player->history };

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

static bool put_all(int fd, const void *bytes, size_t size)
{
	return size == 0 || write(fd, bytes, size) == (ssize_t)size;
}

static bool put_outcome(int fd, struct player *player, int32_t status,
			bool hung)
{
	static char log[LOG_MAX];
	ssize_t size = pread(player->log, log, sizeof log, 0);
	const struct player_outcome outcome = {
		.status = status,
		.hung = hung,
		.verdict_size = (uint32_t)player->last_size,
		.log_size = size > 0 ? (uint32_t)size : 0,
	};

	return ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
	       put_all(fd, &outcome, sizeof outcome) &&
	       put_all(fd, player->last, player->last_size) &&
	       put_all(fd, log, outcome.log_size);
}

static bool play(struct player *player, int fd, const char *params)
{
	int ends[PLAYER_ENDS_MAX];
	int32_t status;
	bool hung, made = make_ends(player, ends);

	made = made && player->judge->start(player->judge->data, ends);
	for (unsigned i = 0; i < PLAYER_ENDS_MAX; i++)
		if (ends[i] >= 0 && ends[i] != player->log &&
		    ends[i] != player->history)
			(void)close(ends[i]);
	if (!made || send(player->events, params,
			  player->program.head.params_size, MSG_NOSIGNAL) < 0)
		return false;
	hung = run(player, &status);
	return put_outcome(fd, player, status, hung);
}

int player_play(int fd, const struct player_judge *judge)
{
	struct player player = { .events = -1,
				 .verdict = -1,
				 .channel = -1,
				 .given = -1,
				 .came = -1,
				 .log = -1,
				 .history = -1,
				 .judge = judge };
	struct stat stat;
	char *plan;
	bool done;

	if (fstat(fd, &stat) < 0 ||
	    stat.st_size <= (off_t)sizeof player.program.head)
		return -1;
	plan = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (plan == MAP_FAILED)
		return -1;
	memcpy(&player.program.head, plan, sizeof player.program.head);
	player.program.plan = plan + sizeof player.program.head +
			      player.program.head.params_size;
	done = play(&player, fd, plan + sizeof player.program.head);
	close_all(&player);
	free(player.unwritten.bytes);
	free(player.withheld.bytes);
	free(player.said.bytes);
	free(player.last);
	(void)munmap(plan, (size_t)stat.st_size);
	return done ? 0 : -1;
}
