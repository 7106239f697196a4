/*
 * main.c - assay-sandbox: one box, started by the harness, serving runs
 *
 * Life of a box: make its cgroup, enter its namespaces, build its root, say
 * hello, serve one run after the other until the socket closes, clean up.
 * A host on which that is not possible is told in the hello, by name.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <assay/box.h>
#include <assay/cleanup.h>
#include <assay/message.h>

#include "run.h"

/* Descriptors that a program may get stay free of our own, so that putting
 * them in place never overwrites one that is still needed. */
static int keep_low_descriptors(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	while (fd >= 0 && fd < BOX_CHILD_FDS_MAX)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : close(fd);
}

static int move_socket(int *socket_fd)
{
	*socket_fd = fcntl(BOX_SOCKET_FD, F_DUPFD_CLOEXEC, BOX_CHILD_FDS_MAX);
	if (*socket_fd < 0)
		return -errno;
	(void)close(BOX_SOCKET_FD);
	return keep_low_descriptors();
}

static void add_layer(struct box_hello *hello, const char *name, bool on,
		      const char *detail, const char *remedy)
{
	struct box_layer *layer = &hello->layer[hello->layers++];

	CHECK(hello->layers <= BOX_LAYERS_MAX);
	(void)snprintf(layer->name, sizeof layer->name, "%s", name);
	layer->on = on;
	(void)snprintf(layer->detail, sizeof layer->detail, "%s", detail);
	(void)snprintf(layer->remedy, sizeof layer->remedy, "%s", remedy);
}

static void describe_cgroup(const struct cgroup *cgroup,
			    struct box_hello *hello)
{
	char detail[128];

	if (cgroup->version == CGROUP_NONE) {
		add_layer(hello, "cgroup", false, cgroup->reason,
			  cgroup->remedy);
		return;
	}
	(void)snprintf(detail, sizeof detail,
		       "v%d: memory, processes, processor time%s",
		       (int)cgroup->version,
		       cgroup->swap_limited ? ", swap" : "");
	add_layer(hello, "cgroup", true, detail, "");
}

static void describe(const struct box *box, struct box_hello *hello)
{
	char detail[104];

	(void)snprintf(detail, sizeof detail,
		       box->isolation.map_root
			       ? "programs are user %u of the host, which no "
				 "account has"
			       : "programs are the host's user %u",
		       box->isolation.outer_uid);
	add_layer(hello, "user-namespace", true, detail, "");
	add_layer(hello, "pid-namespace", true, "fresh for each run", "");
	add_layer(hello, "mount-namespace", true,
		  "fresh for each run; read-only root, own /tmp and /work", "");
	add_layer(hello, "ipc-namespace", true, "fresh for each run", "");
	add_layer(hello, "network-namespace", true,
		  "empty; fresh where loopback is asked for", "");
	add_layer(hello, "uts-namespace", true, "one for the box", "");
	add_layer(hello, "no-new-privileges", true, "", "");
	add_layer(hello, "capabilities", true,
		  "none, and an empty bounding set", "");
	add_layer(hello, "seccomp", true,
		  "allow list; a refused call is reported by name", "");
	add_layer(hello, "rlimits", true, "", "");
	describe_cgroup(&box->cgroup, hello);
	hello->level = box->cgroup.version == CGROUP_NONE ? BOX_LEVEL_LIMITED
							  : BOX_LEVEL_FULL;
	(void)snprintf(hello->cgroup, sizeof hello->cgroup, "%s",
		       box->cgroup.name);
}

static int set_up(struct box *box, const struct isolation_bind *binds,
		  unsigned bind_count, struct error *err)
{
	int result;

	cgroup_open(&box->cgroup);
	result = box_prepare(box, err);
	if (result == 0)
		result = isolation_enter(&box->isolation, err);
	if (result == 0)
		result = isolation_root(binds, bind_count, err);
	return result;
}

/* One BOX_RUN message from beginning to end. */
static int serve_run(struct box *box, char *message, size_t size,
		     const int *fds, size_t fd_count, struct error *err)
{
	static struct request request; /* too large for a stack */
	static struct finished finished;
	int result = request_parse(message, size, fds, fd_count, &request, err);

	if (result == 0)
		result = run_execute(box, &request, &finished, err);
	if (result == 0)
		result = message_send(box->socket_fd, &finished.result,
				      sizeof finished.result,
				      finished.output_fds,
				      finished.output_count);
	if (finished.result.type)
		run_let_go(box, &finished);
	finished.result.type = 0;
	request_release(&request);
	return result;
}

static int serve(struct box *box, struct error *err)
{
	static char message[BOX_MESSAGE_MAX];
	int fds[BOX_FDS_MAX];
	size_t fd_count, i;
	ssize_t size;
	uint32_t type;
	int result = 0;

	while (result == 0) {
		size = message_receive(box->socket_fd, message, sizeof message,
				       fds, BOX_FDS_MAX, &fd_count);
		if (size == 0 || size == -ECONNRESET)
			return 0;
		if (size < (ssize_t)sizeof type)
			return error_set(err, EPROTO, "bad message");
		memcpy(&type, message, sizeof type);
		if (type == BOX_RUN) {
			result = serve_run(box, message, (size_t)size, fds,
					   fd_count, err);
			continue;
		}
		for (i = 0; i < fd_count; i++)
			(void)close(fds[i]);
		if (type == BOX_PROBE) {
			struct box_probed none = { .type = BOX_PROBED };

			result = message_send(box->socket_fd, &none,
					      sizeof none, NULL, 0);
		} else if (type == BOX_INSPECT) {
			struct box_inspected none = { .type = BOX_INSPECTED };

			result = message_send(box->socket_fd, &none,
					      sizeof none, NULL, 0);
		} else if (type != BOX_KILL) { /* a kill may come too late */
			result = error_set(err, EPROTO, "message of type %u",
					   type);
		}
	}
	return result == -EPIPE ? 0 : result;
}

static void parse_bind(char *text, struct isolation_bind *bind)
{
	char *colon = strchr(text, ':'), *mode;

	bind->source = bind->target = text;
	bind->writable = false;
	if (!colon)
		return;
	*colon = '\0';
	bind->target = colon + 1;
	mode = strchr(colon + 1, ':');
	if (mode) {
		*mode = '\0';
		bind->writable = strcmp(mode + 1, "rw") == 0;
	}
}

static void note_cpus(struct box *box)
{
	if (sched_getaffinity(0, sizeof box->cpus, &box->cpus) < 0)
		CPU_SET(0, &box->cpus);
	box->cpu_count = (unsigned)CPU_COUNT(&box->cpus);
}

/* Keep to the @number-th of the CPUs that we were given, counted in a ring. */
static void pin(struct box *box, const char *number)
{
	unsigned long left = strtoul(number, NULL, 10) % box->cpu_count;
	cpu_set_t one;
	size_t cpu;

	for (cpu = 0; !CPU_ISSET(cpu, &box->cpus) || left-- > 0; cpu++)
		continue;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	box->pinned = sched_setaffinity(0, sizeof one, &one) == 0;
}

static int usage(void)
{
	(void)fprintf(stderr,
		      "assay-sandbox is started by assay, with its socket on "
		      "descriptor %d.\n"
		      "usage: assay-sandbox [--bind SRC[:DST[:rw]]]... "
		      "[--cpu N]\n"
		      "       assay-sandbox --sweep\n",
		      BOX_SOCKET_FD);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bind", required_argument, NULL, 'b' },
		{ "cpu", required_argument, NULL, 'c' },
		{ "sweep", no_argument, NULL, 's' },
		{ 0 },
	};
	static struct isolation_bind binds[ISOLATION_BINDS_MAX];
	static struct box_hello hello = { .type = BOX_HELLO,
					  .protocol = BOX_PROTOCOL };
	static struct box box;
	struct error err = { 0 };
	unsigned bind_count = 0;
	sigset_t all;
	int option, result;

	note_cpus(&box);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'b' && bind_count < ISOLATION_BINDS_MAX)
			parse_bind(optarg, &binds[bind_count++]);
		else if (option == 'c')
			pin(&box, optarg);
		else if (option == 's')
			return (int)cgroup_sweep() < 0;
		else
			return usage();
	}
	/* nothing interrupts; what is waited for comes by descriptor */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	if (optind != argc || move_socket(&box.socket_fd) < 0)
		return usage();
	result = set_up(&box, binds, bind_count, &err);
	if (result < 0) {
		hello.error = err.code;
		(void)snprintf(hello.message, sizeof hello.message, "%.255s",
			       err.text);
	} else {
		describe(&box, &hello);
	}
	result = message_send(box.socket_fd, &hello, sizeof hello, NULL, 0);
	if (result == 0 && !hello.error)
		result = serve(&box, &err);
	if (!hello.error)
		launch_drop(&box);
	cgroup_close(&box.cgroup);
	policy_release(&box.policy);
	if (result < 0 && err.code)
		(void)fprintf(stderr, "assay-sandbox: %s\n", err.text);
	return result < 0 ? 3 : 0;
}
