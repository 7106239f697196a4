/*
 * box_client.c - see box_client.h
 *
 *            run()                hello              run sent
 *   IDLE_DOWN ----> STARTING ---------------> UP ----------------> RUNNING
 *       ^              |                       ^                      |
 *       |   dies       | dies                  |        result        |
 *       +--------------+---------------------- + <--------------------+
 *
 * Failure modes: the process cannot be started, dies (the socket closes), says
 * that the host gives no box, or does not answer in time (it is then killed).
 * All of them end in fail(), which tells the owner of the run.
 */
#include "box_client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/message.h>

#include "level.h"

/* Over a run's own wall limit: set-up, the kernel taking a large process tree
 * down, a busy machine. Past it the box itself is considered broken. */
#define ANSWER_SLACK_MS 60000u
#define HELLO_LIMIT_MS 30000u
#define BINDS_MAX 16
#define FDS_MAX (BOX_OUTPUTS_MAX + 1) /* of a result: and its threads */

struct box_client {
	uv_loop_t *loop;
	const char *path;
	char *const *binds;
	unsigned cpu;
	/* A process has its handles to itself: after its death they close
	 * while the next process may already be starting. */
	struct link *link;
	struct boxspec spec; /* of the run wanted or under way */
	bool wanted;         /* a run has been asked for and is not over */
	bool hold_syncs;     /* of this run */
	box_done_cb done;
	void *done_data;
	box_ready_cb ready;
	void *ready_data;
	box_probed_cb probed;
	void *probed_data;
	box_inspected_cb inspected;
	void *inspected_data;
	unsigned stale_probes; /* answers to come that nobody waits for */
	unsigned stale_inspections;
	enum box_level level; /* the least */
	struct box_hello hello;
	bool greeted; /* hello is filled */
	bool closing;
};

/* One process and the socket to it. */
struct link {
	struct box_client *client; /* NULL: dropped, only closing */
	uv_process_t process;
	uv_poll_t poll;
	uv_timer_t timer;
	const char *path; /* of assay-sandbox */
	int socket_fd;
	int open_handles;
	bool running; /* process has been started */
	bool up;      /* hello came */
	bool sent;    /* the run is in the box */
};

static void drop_link(struct link *link);

/* ---- telling the owner ---- */

static void finish(struct box_client *client, const struct box_result *result,
		   const struct box_files *files, const char *fault)
{
	box_inspected_cb inspected = client->inspected;
	box_probed_cb probed = client->probed;
	box_done_cb done = client->done;

	client->wanted = false;
	client->probed = NULL;
	client->inspected = NULL;
	client->stale_probes += probed && client->link;
	client->stale_inspections += inspected && client->link;
	boxspec_release(&client->spec);
	if (probed)
		probed(client->probed_data, NULL);
	if (inspected)
		inspected(client->inspected_data, NULL);
	done(client->done_data, result, files, fault);
}

static void tell_ready(struct box_client *client)
{
	box_ready_cb ready = client->ready;

	client->ready = NULL;
	if (ready)
		ready(client->ready_data);
}

static void fail(struct box_client *client, const char *why)
{
	const struct box_files none = { .threads = -1 };
	char fault[ERROR_TEXT_MAX];

	(void)snprintf(fault, sizeof fault, "%s", why);
	if (client->link)
		drop_link(client->link);
	if (client->wanted)
		finish(client, NULL, &none, fault);
	else
		tell_ready(client);
}

/* ---- the process and its handles ---- */

static void closed_cb(uv_handle_t *handle)
{
	struct link *link = handle->data;

	if (--link->open_handles > 0)
		return;
	free(link);
}

static void close_handle(struct link *link, uv_handle_t *handle)
{
	handle->data = link;
	if (!uv_is_closing(handle))
		uv_close(handle, closed_cb);
}

/* Set while there may be something to sweep that nobody has swept. */
static bool unswept;

static void swept_cb(uv_process_t *process, int64_t status, int signal)
{
	unswept = status != 0 || signal != 0;
	uv_close((uv_handle_t *)process, (uv_close_cb)free);
}

/* Remove what a box that was killed could not remove itself, and what others
 * left: if it does not work now, the next one gets it all. */
static void sweep(uv_loop_t *loop, const char *sandbox)
{
	char path[4096], option[] = "--sweep";
	char *argv[] = { path, option, NULL };
	uv_process_options_t options = {
		.file = path,
		.args = argv,
		.exit_cb = swept_cb,
	};
	uv_process_t *process = calloc(1, sizeof *process);

	ENOUGH(process);
	(void)snprintf(path, sizeof path, "%s", sandbox);
	unswept = true;
	if (uv_spawn(loop, process, &options) < 0)
		uv_close((uv_handle_t *)process, (uv_close_cb)free);
}

static void exited_cb(uv_process_t *process, int64_t status, int signal)
{
	struct link *link = process->data;
	struct box_client *client = link->client;
	char fault[96];

	/* also of one that was let go of before its death was known */
	if (signal || status)
		sweep(process->loop, link->path);
	close_handle(link, (uv_handle_t *)process);
	if (!client)
		return;
	if (signal)
		(void)snprintf(fault, sizeof fault,
			       "the box was killed by signal %d", signal);
	else
		(void)snprintf(fault, sizeof fault,
			       "the box ended with status %d", (int)status);
	fail(client, fault);
}

/* Let go of a process: it ends by itself when its socket closes. */
static void drop_link(struct link *link)
{
	struct box_client *client = link->client;

	if (client) {
		client->link = NULL;
		client->stale_probes = 0;
		client->stale_inspections = 0;
	}
	link->client = NULL;
	(void)uv_poll_stop(&link->poll);
	close_handle(link, (uv_handle_t *)&link->poll);
	close_handle(link, (uv_handle_t *)&link->timer);
	(void)close(link->socket_fd);
	if (!link->running)
		close_handle(link, (uv_handle_t *)&link->process);
}

/* ---- what comes over the socket ---- */

/* What there is no talking to any more. Its exit tells the owner. */
static void kill_box(struct link *link)
{
	if (link->running)
		(void)uv_process_kill(&link->process, SIGKILL);
}

static void overdue_cb(uv_timer_t *timer)
{
	kill_box(timer->data);
}

static void control(struct box_client *client, uint32_t type)
{
	struct box_control message = { .type = type };

	/* a box that is not there any more is told by its exit */
	if (message_send(client->link->socket_fd, &message, sizeof message,
			 NULL, 0) < 0)
		kill_box(client->link);
}

static void send_run(struct link *link)
{
	struct box_client *client = link->client;
	uint64_t wall_ms = client->spec.run.limits.wall_us / 1000;
	struct error err = { 0 };
	int result;

	link->sent = true;
	result = boxspec_send(&client->spec, link->socket_fd, &err);
	/* our copies of its descriptors would keep pipes from ending */
	boxspec_release(&client->spec);
	if (result < 0) {
		fail(client, err.text);
		return;
	}
	(void)uv_timer_start(&link->timer, overdue_cb,
			     wall_ms + ANSWER_SLACK_MS, 0);
	if (client->hold_syncs)
		control(client, BOX_HOLD_SYNCS);
}

static void take_hello(struct link *link, const struct box_hello *hello)
{
	struct box_client *client = link->client;
	struct error err;

	(void)uv_timer_stop(&link->timer);
	client->hello = *hello;
	client->greeted = true;
	link->up = true;
	if (hello->protocol != BOX_PROTOCOL)
		fail(client, "assay-sandbox is of another version");
	else if (hello->error)
		fail(client, hello->message);
	else if (level_check(hello, client->level, &err) < 0)
		fail(client, err.text);
	else if (client->wanted)
		send_run(link);
	else
		tell_ready(client);
}

static void close_fds(const int *fds, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		(void)close(fds[i]);
}

/* The last descriptor is that of the threads, if it says that there are. */
static void take_result(struct link *link, const struct box_result *result,
			const int *fds, size_t fd_count)
{
	bool with_threads = result->threads == 1 && fd_count > 0;
	AUTO_CLOSE int threads = with_threads ? fds[fd_count - 1] : -1;
	const struct box_files files = {
		.fds = fds,
		.count = fd_count - with_threads,
		.threads = threads,
	};

	link->sent = false;
	(void)uv_timer_stop(&link->timer);
	finish(link->client, result, &files, NULL);
}

static void take_probed(struct box_client *client,
			const struct box_probed *probed)
{
	box_probed_cb callback = client->probed;

	if (client->stale_probes > 0) {
		client->stale_probes--;
		return;
	}
	client->probed = NULL;
	if (callback)
		callback(client->probed_data, probed->alive ? probed : NULL);
}

static void take_inspected(struct box_client *client,
			   const struct box_inspected *inspected)
{
	box_inspected_cb callback = client->inspected;

	if (client->stale_inspections > 0) {
		client->stale_inspections--;
	} else if (callback) {
		client->inspected = NULL;
		callback(client->inspected_data,
			 inspected->alive ? inspected : NULL);
	}
}

static void take_message(struct link *link, const char *message, size_t size,
			 const int *fds, size_t fd_count)
{
	struct box_client *client = link->client;
	struct box_result result;
	struct box_probed probed;
	struct box_inspected inspected;
	uint32_t type;

	memcpy(&type, message, sizeof type);
	if (type == BOX_RESULT && size == sizeof result && link->sent) {
		memcpy(&result, message, sizeof result);
		take_result(link, &result, fds, fd_count);
	} else if (type == BOX_PROBED && size == sizeof probed) {
		memcpy(&probed, message, sizeof probed);
		close_fds(fds, fd_count);
		take_probed(client, &probed);
	} else if (type == BOX_INSPECTED && size == sizeof inspected) {
		memcpy(&inspected, message, sizeof inspected);
		close_fds(fds, fd_count);
		take_inspected(client, &inspected);
	} else {
		close_fds(fds, fd_count);
		fail(client, "the box sent what it should not");
	}
}

static void readable_cb(uv_poll_t *poll, int status, int events)
{
	union {
		struct box_hello hello;
		struct box_result result;
		char bytes[sizeof(struct box_hello)];
	} message;
	struct link *link = poll->data;
	int fds[FDS_MAX];
	size_t fd_count = 0;
	ssize_t size;

	(void)events;
	size = status < 0 ? 0
			  : message_receive(link->socket_fd, &message,
					    sizeof message, fds, FDS_MAX,
					    &fd_count);
	if (size < (ssize_t)sizeof(uint32_t)) {
		/* its exit says more than the closed socket; where it is ours
		 * that does not work, it would wait for us, and we for it */
		close_fds(fds, fd_count);
		(void)uv_poll_stop(&link->poll);
		if (size != 0 && size != -ECONNRESET)
			kill_box(link);
		return;
	}
	if (!link->up && size == sizeof message.hello &&
	    message.hello.type == BOX_HELLO)
		take_hello(link, &message.hello);
	else
		take_message(link, message.bytes, (size_t)size, fds, fd_count);
}

/* ---- starting ---- */

static int spawn(struct link *link, int box_end)
{
	struct box_client *client = link->client;
	char program[] = "assay-sandbox", bind[] = "--bind", cpu[32];
	char *argv[2 * BINDS_MAX + 3] = { program, cpu };
	uv_stdio_container_t stdio[BOX_SOCKET_FD + 1] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
		{ .flags = UV_INHERIT_FD, .data.fd = box_end },
	};
	uv_process_options_t options = {
		.file = client->path,
		.args = argv,
		.exit_cb = exited_cb,
		.stdio = stdio,
		.stdio_count = BOX_SOCKET_FD + 1,
		/* a Ctrl-C at the terminal is the harness's to handle */
		.flags = UV_PROCESS_DETACHED,
	};
	int i, count = 2;

	(void)snprintf(cpu, sizeof cpu, "--cpu=%u", client->cpu);
	for (i = 0; client->binds && client->binds[i] && i < BINDS_MAX; i++) {
		argv[count++] = bind;
		argv[count++] = client->binds[i];
	}
	return uv_spawn(client->loop, &link->process, &options);
}

static void start(struct box_client *client)
{
	struct link *link = calloc(1, sizeof *link);
	char fault[128];
	int ends[2], result;

	ENOUGH(link);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		free(link);
		fail(client, "no socket for a box: too many open files?");
		return;
	}
	link->client = client;
	link->path = client->path;
	link->socket_fd = ends[0];
	link->open_handles = 3;
	client->link = link;
	(void)uv_timer_init(client->loop, &link->timer);
	(void)uv_poll_init(client->loop, &link->poll, ends[0]);
	link->process.data = link->poll.data = link->timer.data = link;
	result = spawn(link, ends[1]);
	(void)close(ends[1]);
	if (result < 0) {
		(void)snprintf(fault, sizeof fault, "cannot start a box: %s",
			       uv_strerror(result));
		fail(client, fault);
		return;
	}
	link->running = true;
	(void)uv_poll_start(&link->poll, UV_READABLE, readable_cb);
	(void)uv_timer_start(&link->timer, overdue_cb, HELLO_LIMIT_MS, 0);
}

/* ---- the owner's side ---- */

struct box_client *box_client_new(uv_loop_t *loop, const char *sandbox_path,
				  char *const *binds, unsigned cpu)
{
	struct box_client *client = calloc(1, sizeof *client);

	ENOUGH(client);
	client->loop = loop;
	client->path = sandbox_path;
	client->binds = binds;
	client->cpu = cpu;
	return client;
}

void box_client_require(struct box_client *client, enum box_level level)
{
	client->level = level;
}

void box_client_run(struct box_client *client, struct boxspec *spec,
		    box_done_cb done, void *data)
{
	CHECK(!client->wanted);
	client->spec = *spec;
	client->done = done;
	client->done_data = data;
	client->wanted = true;
	client->hold_syncs = false;
	if (!client->link)
		start(client);
	else if (client->link->up)
		send_run(client->link);
}

void box_client_ready(struct box_client *client, box_ready_cb ready, void *data)
{
	CHECK(!client->wanted && !client->ready);
	client->ready = ready;
	client->ready_data = data;
	if (!client->link)
		start(client);
	else if (client->link->up)
		tell_ready(client);
}

void box_client_probe(struct box_client *client, box_probed_cb probed,
		      void *data)
{
	if (!client->link || !client->link->sent || client->probed) {
		probed(data, NULL);
		return;
	}
	client->probed = probed;
	client->probed_data = data;
	control(client, BOX_PROBE);
}

void box_client_inspect(struct box_client *client, box_inspected_cb inspected,
			void *data)
{
	if (!client->link || !client->link->sent || client->inspected) {
		inspected(data, NULL);
		return;
	}
	client->inspected = inspected;
	client->inspected_data = data;
	control(client, BOX_INSPECT);
}

void box_client_hold_syncs(struct box_client *client, bool hold)
{
	client->hold_syncs = hold;
	if (client->link && client->link->sent)
		control(client, hold ? BOX_HOLD_SYNCS : BOX_RELEASE_SYNCS);
}

void box_client_kill(struct box_client *client)
{
	if (client->link && client->link->sent)
		control(client, BOX_KILL);
}

bool box_client_busy(const struct box_client *client)
{
	return client->wanted;
}

const struct box_hello *box_client_hello(const struct box_client *client)
{
	return client->greeted ? &client->hello : NULL;
}

void box_client_close(struct box_client *client)
{
	if (!client)
		return;
	CHECK(!client->wanted && !client->ready);
	if (client->link)
		drop_link(client->link);
	if (unswept)
		sweep(client->loop, client->path);
	free(client);
}
