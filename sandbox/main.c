/*
 * main.c - assay-sandbox: one box, started by the harness, serving runs
 *
 * Life of a box: make its cgroup, enter its namespaces, build its root, or do
 * without where the host gives none, say hello, serve one run after the other until the socket closes, clean up.
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
#include <sys/wait.h>
#include <unistd.h>

#include <assay/box.h>
#include <assay/cleanup.h>
#include <assay/message.h>

#include "host.h"
#include "layers.h"
#include "run.h"

#define TRIAL_BYTES (1u << 20)

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

/* Can a run be launched with namespaces? What a host permits half shows only
 * when it is tried, and who has tried cannot go back; so a child does. */
static bool try_out(struct box *box, const struct isolation_bind *binds,
		    unsigned bind_count, struct error *err)
{
	const struct launch_plan plan = { .profile = BOX_PROFILE_RUN,
					  .file_bytes = TRIAL_BYTES };
	int answer[2], status = -1;
	pid_t child;

	if (pipe2(answer, O_CLOEXEC) < 0)
		return true;
	child = fork();
	if (child == 0) {
		box->cgroup.version = CGROUP_NONE;
		status = isolation_enter(&box->isolation, err);
		if (status == 0)
			status = isolation_root(&box->isolation, binds,
						bind_count, err);
		if (status == 0)
			status = launch_get(box, &plan, err);
		launch_drop(box);
		(void)!write(answer[1], err, sizeof *err);
		_exit(status < 0);
	}
	(void)close(answer[1]);
	if (child > 0) {
		(void)!read(answer[0], err, sizeof *err);
		(void)waitpid(child, &status, 0);
	}
	(void)close(answer[0]);
	return status == 0;
}

static void set_policy(struct box *box)
{
	const struct withheld_host host = {
		.plain = box->isolation.mode == ISOLATION_PLAIN,
		.same_user = !box->isolation.map_root,
		.landlock_abi = box->isolation.landlock.abi,
	};

	policy_release(&box->policy);
	policy_init(&box->policy, &host);
}

/* Without namespaces, if that has to be; @why says so then. */
static int isolate(struct box *box, const struct isolation_bind *binds,
		   unsigned bind_count, const struct host *host,
		   struct host_advice *why, struct error *err)
{
	struct error plain;
	int result = 0;

	if (host_is_doubtful(host) && !try_out(box, binds, bind_count, err))
		result = -err->code;
	if (result == 0)
		result = isolation_enter(&box->isolation, err);
	if (result == 0)
		return isolation_root(&box->isolation, binds, bind_count, err);
	host_advise_namespaces(host, err->code, why);
	if (box->isolation.changed)
		return result;
	result = isolation_plain(&box->isolation, binds, bind_count,
				 box->cgroup.version != CGROUP_NONE, &plain);
	if (result < 0)
		return error_set(err, plain.code,
				 "no user namespaces (%s), and without: %s",
				 why->reason, plain.text);
	set_policy(box);
	return 0;
}

static int set_up(struct box *box, const struct isolation_bind *binds,
		  unsigned bind_count, const struct host *host,
		  struct host_advice *why, struct error *err)
{
	int result;

	cgroup_open(&box->cgroup);
	result = box_prepare(box, err);
	set_policy(box);
	if (result == 0)
		result = isolate(box, binds, bind_count, host, why, err);
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
		result = isolation_translate(&box->isolation, &request, err);
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
		} else if (type != BOX_KILL && type != BOX_HOLD_SYNCS &&
			   type != BOX_RELEASE_SYNCS) {
			/* those may come too late */
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
	struct host_advice why = { 0 };
	struct error err = { 0 };
	struct host host;
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
			return (int)(cgroup_sweep() + runfolder_sweep()) < 0;
		else
			return usage();
	}
	/* nothing interrupts; what is waited for comes by descriptor */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	if (optind != argc || fcntl(BOX_SOCKET_FD, F_GETFD) < 0)
		return usage();
	result = move_socket(&box.socket_fd);
	if (result < 0) {
		(void)fprintf(stderr, "assay-sandbox: descriptors: %s\n",
			      strerror(-result));
		return 3;
	}
	host_look(&host);
	result = set_up(&box, binds, bind_count, &host, &why, &err);
	if (result < 0) {
		hello.error = err.code;
		(void)snprintf(hello.message, sizeof hello.message, "%.255s",
			       err.text);
	}
	layers_describe(&box, &host, &why, &hello);
	result = message_send(box.socket_fd, &hello, sizeof hello, NULL, 0);
	if (result == 0 && !hello.error)
		result = serve(&box, &err);
	if (!hello.error)
		launch_drop(&box);
	isolation_leave(&box.isolation);
	cgroup_close(&box.cgroup);
	policy_release(&box.policy);
	if (result < 0 && err.code)
		(void)fprintf(stderr, "assay-sandbox: %s\n", err.text);
	/* the harness sweeps after a box that does not end with 0 */
	return result < 0 || hello.error || box.cgroup.left ? 3 : 0;
}
