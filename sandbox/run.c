/*
 * run.c - one run from request to result
 *
 * Happy path: launch_get() has an init and a child ready in fresh namespaces;
 * run_prepare() and place_files() give it what the request asks for;
 * launch_go() lets it exec; supervise() sleeps in poll until init's pidfd says
 * that the run is over; run_settle() turns wait status and counters into a
 * result.
 *
 * Limits never poll a clock. Wall time is one timer. Processor time is looked
 * at when it can first have run out, which is (limit - used) / CPUs from now,
 * and then again: each look at least halves what is left, down to MIN_LOOK_US.
 * Memory is the kernel's to watch where there is a cgroup; without one the
 * tree's resident size is looked at every RSS_LOOK_US.
 *
 * The first limit to strike is the cause. Whatever the cause, init is killed,
 * the kernel kills and reaps its whole namespace, and only then does the run
 * count as over.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <assay/cleanup.h>
#include <assay/crash.h>

#include "place.h"
#include "run_parts.h"
#include "signals.h"

#define SETUP_LIMIT_US 10000000u /* until exec; generous, never near */
#define MIN_LOOK_US 1000u
#define CRASH_LOOKS_MAX 4u
#define OOM_LOOK_NS 200000u
#define OOM_PATIENCE_NS 200000000u /* then at every usual look */
#define RSS_LOOK_US 3000u
#define WAITS_UNKNOWN_SHARE 10u
/* What memory is made of nobody keeps a peak of: looked at first so soon, then
 * four times later each time, up to the second. */
#define MEMORY_LOOK_US 16000u
#define MEMORY_LOOK_MAX_US 512000u

uint64_t run_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void arm_at(int timer_fd, uint64_t when_ns)
{
	struct itimerspec timer = {
		.it_value = { .tv_sec = (time_t)(when_ns / 1000000000u),
			      .tv_nsec = (long)(when_ns % 1000000000u) },
	};

	(void)timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

static void disarm(int timer_fd)
{
	struct itimerspec never = { 0 };

	(void)timerfd_settime(timer_fd, 0, &never, NULL);
}

/* ---- while it runs ---- */

/* Before a limit's evidence is gathered, which takes time of its own. */
static void notice(struct run *run)
{
	if (run->end_ns == 0)
		run->end_ns = run_now_ns();
}

/* At the thread @only, as @context has it; 0: at all, as they are. */
static void look_at_threads(struct run *run, enum snapshot_for purpose,
			    pid_t only, uint64_t context)
{
	const struct snapshot_wish wish = {
		.init = run->box->launch.init,
		.keeper = run->request->run.keeper == 1,
		.only = only,
		.context = context,
		.given = &run->given,
	};

	if (run->cause != BOX_EXITED || run->snapshot_for > purpose)
		return;
	run->snapshot_for = purpose;
	snapshot_take(&run->box->snapshot, &wish);
}

void run_look_at_memory(struct run *run)
{
	struct cgroup_memory now;

	if (cgroup_memory(&run->box->cgroup, &now) &&
	    now.anonymous + now.file + now.kernel >=
		    run->memory.anonymous + run->memory.file +
			    run->memory.kernel) {
		run->memory = now;
		run->memory_known = true;
	}
}

void run_end(struct run *run, uint32_t cause, const char *mechanism,
	     uint64_t limit, uint64_t observed)
{
	if (run->cause == BOX_EXITED) {
		run->cause = cause;
		run->mechanism = mechanism;
		run->limit = limit;
		run->observed = observed;
		notice(run);
	}
	launch_kill(run->box);
}

void run_usage(const struct run *run, struct procfs_usage *ret)
{
	int proc_fd = run->inside->report.proc_fd;

	if (run->box->isolation.mode == ISOLATION_PLAIN)
		procfs_usage_below(proc_fd, run->box->launch.init, ret);
	else
		procfs_usage(proc_fd, ret);
}

/* Never less than it was: a sum over processes loses those that end. */
static uint64_t cpu_now_us(struct run *run, const struct procfs_usage *usage)
{
	uint64_t now = run->box->cgroup.version == CGROUP_NONE
			       ? usage->cpu_us
			       : cgroup_cpu_us(&run->box->cgroup);

	if (now > run->cpu_seen_us)
		run->cpu_seen_us = now;
	return run->cpu_seen_us;
}

const char *run_cpu_mechanism(const struct run *run)
{
	switch (run->box->cgroup.version) {
	case CGROUP_V1:
		return "cgroup v1 cpuacct";
	case CGROUP_V2:
		return "cgroup v2 cpu.stat";
	case CGROUP_NONE:
		break;
	}
	return "/proc accounting";
}

/* Before it is ended: how long it has been kept waiting for a CPU. Of threads
 * that have ended nobody knows. */
static void note_waits(struct run *run)
{
	struct procfs_usage usage;
	uint64_t cpu_us;

	if (run->cause != BOX_EXITED)
		return;
	run_usage(run, &usage);
	cpu_us = cpu_now_us(run, &usage);
	if (usage.run_us > 0 &&
	    usage.run_us >= cpu_us - cpu_us / WAITS_UNKNOWN_SHARE)
		run->waited_us = usage.waited_us;
}

/* Look at the counters, and decide when to look again. */
static void check_usage(struct run *run)
{
	const struct box_limits *limits = &run->request->run.limits;
	bool cgroup = run->box->cgroup.version != CGROUP_NONE;
	struct procfs_usage usage = { 0 };
	uint64_t cpu_us, wait_us;

	if (!cgroup)
		run_usage(run, &usage);
	else if (run->oom_until_ns > 0 &&
		 cgroup_oom_kills(&run->box->cgroup) > 0)
		run_check_oom(run);
	cpu_us = cpu_now_us(run, &usage);
	if (usage.rss_bytes > run->rss_peak_bytes)
		run->rss_peak_bytes = usage.rss_bytes;
	/* not at the start, where it would only hold up a short program */
	if (run->memory_wait_us > MEMORY_LOOK_US)
		run_look_at_memory(run);
	if (cpu_us >= limits->cpu_us) {
		notice(run);
		note_waits(run);
		look_at_threads(run, SNAPSHOT_ENDING, 0, 0);
		run_end(run, BOX_CPU_LIMIT, run_cpu_mechanism(run),
			limits->cpu_us, cpu_us);
		return;
	}
	if (usage.rss_bytes > limits->memory_bytes) {
		run_end(run, BOX_MEMORY_LIMIT, "resident size from /proc",
			limits->memory_bytes, usage.rss_bytes);
		return;
	}
	wait_us = (limits->cpu_us - cpu_us) / run->box->cpu_count;
	if (wait_us < MIN_LOOK_US)
		wait_us = MIN_LOOK_US;
	if (!cgroup && wait_us > RSS_LOOK_US)
		wait_us = RSS_LOOK_US;
	if (cgroup && wait_us > run->memory_wait_us)
		wait_us = run->memory_wait_us;
	if (run->memory_wait_us < MEMORY_LOOK_MAX_US)
		run->memory_wait_us *= 4;
	if (run_now_ns() < run->oom_until_ns)
		wait_us = OOM_LOOK_NS / 1000;
	arm_at(run->box->check_fd, run_now_ns() + wait_us * 1000);
}

static void on_started(struct run *run)
{
	struct inside_report *report = &run->inside->report;
	uint64_t count;
	size_t i;

	(void)!read(run->box->told_fd, &count, sizeof count);
	for (i = 0; i < BOX_CHILD_FDS_MAX; i++) {
		struct capture *capture = &run->box->captures[i];

		if (capture->write_fd >= 0)
			(void)close(capture->write_fd);
		capture->write_fd = -1;
	}
	/* the program has its own copies; ours would keep pipes from ending */
	request_let_go(run->request);
	if (!report->execed)
		return;
	run->listening = run->started = true;
	cgroup_start_clock(&run->box->cgroup);
	arm_at(run->box->wall_fd,
	       report->exec_ns + run->request->run.limits.wall_us * 1000);
	check_usage(run);
}

static void on_wall(struct run *run)
{
	const struct inside_report *report = &run->inside->report;
	uint64_t limit_us = run->request->run.limits.wall_us;

	if (!report->execed) {
		run->inside->report.error = ETIMEDOUT;
		run_end(run, BOX_FAILED, "set-up timer", SETUP_LIMIT_US,
			SETUP_LIMIT_US);
		return;
	}
	if (!run->started) { /* we have not heard that it runs */
		on_started(run);
		return;
	}
	notice(run);
	note_waits(run);
	run_look_at_memory(run);
	look_at_threads(run, SNAPSHOT_ENDING, 0, 0);
	if (run->box->snapshot.for_good)
		run_end(run, BOX_DEADLOCK,
			"timerfd; all threads asleep for good", limit_us,
			(run->end_ns - report->exec_ns) / 1000);
	else
		run_end(run, BOX_WALL_LIMIT, "timerfd", limit_us,
			(run->end_ns - report->exec_ns) / 1000);
}

void run_check_oom(struct run *run)
{
	uint64_t drain[64];

	(void)!read(run->box->cgroup.oom_event_fd, drain, sizeof drain);
	if (cgroup_oom_kills(&run->box->cgroup) == 0) {
		/* v1 tells before it kills; if it finds memory yet, it will
		 * not kill at all */
		run->oom_until_ns = run_now_ns() + OOM_PATIENCE_NS;
		arm_at(run->box->check_fd, run_now_ns() + OOM_LOOK_NS);
		return;
	}
	notice(run);
	run_look_at_memory(run);
	cgroup_relax(&run->box->cgroup);
	run_end(run, BOX_MEMORY_LIMIT,
		run->box->cgroup.version == CGROUP_V2
			? "cgroup v2 memory.max"
			: "cgroup v1 memory.limit_in_bytes",
		run->request->run.limits.memory_bytes,
		cgroup_peak_bytes(&run->box->cgroup));
}

static void answer(const struct run *run, const struct seccomp_notif *call,
		   int error)
{
	struct seccomp_notif_resp response = { .id = call->id,
					       .error = -error };

	(void)ioctl(run->inside->report.listener_fd, SECCOMP_IOCTL_NOTIF_SEND,
		    &response);
}

/* The program's own word that it is about to die of a signal (crash.h). The
 * look interrupts the call, which the kernel then makes again. Only so many
 * looks: a program may call this as often as it likes. */
static void on_crash_call(struct run *run, const struct seccomp_notif *call)
{
	pid_t thread = (pid_t)call->pid;

	if (run->crash_thread != thread && run->crash_looks < CRASH_LOOKS_MAX) {
		run->crash_looks++;
		run->crash_thread = thread;
		run->crash_signal = (int)call->data.args[0];
		look_at_threads(run, SNAPSHOT_CRASH, thread,
				call->data.args[1]);
		return;
	}
	run->crash_thread = 0;
	answer(run, call, ENOSYS);
}

/* A call that is allowed with namespaces, and here is not, or not always.
 * Returns whether that was all. */
static bool on_withheld(struct run *run, const struct seccomp_notif *call)
{
	struct inside_report *report = &run->inside->report;
	struct seccomp_notif_resp response = { .id = call->id };
	char name[24];
	int error = 0;

	switch (withheld_answer(&run->box->policy.host,
				(int)run->request->run.profile, &call->data,
				&error)) {
	case WITHHELD_ERROR:
		response.error = -error;
		break;
	case WITHHELD_WATCHED:
		signals_answer(call, report->group, &response);
		break;
	case WITHHELD_NOT_HERE:
		if (run->cause == BOX_EXITED) {
			policy_syscall_name(call->data.nr, name, sizeof name);
			(void)snprintf(run->not_here, sizeof run->not_here,
				       "%s at level minimal", name);
			report->error = EOPNOTSUPP;
			report->step = run->not_here;
		}
		run_end(run, BOX_FAILED, "isolation level minimal", 0, 0);
		return true;
	case WITHHELD_NOT:
		return false;
	}
	(void)ioctl(report->listener_fd, SECCOMP_IOCTL_NOTIF_SEND, &response);
	return true;
}

/* A call that the filter does not let through. */
static void on_refused(struct run *run)
{
	struct seccomp_notif call;
	int error;

	memset(&call, 0, sizeof call);
	if (ioctl(run->inside->report.listener_fd, SECCOMP_IOCTL_NOTIF_RECV,
		  &call) < 0)
		return;
	if (call.data.nr == ASSAY_CRASH_CALL) {
		on_crash_call(run, &call);
		return;
	}
	if (run->request->run.profile == BOX_PROFILE_DIALOGUE &&
	    syncs_take(&run->syncs, run->inside->report.listener_fd, &call))
		return;
	if (on_withheld(run, &call))
		return;
	error = policy_answer(&call.data);
	if (error) {
		answer(run, &call, error);
		return;
	}
	if (run->cause == BOX_EXITED)
		run->refused = call.data;
	notice(run);
	look_at_threads(run, SNAPSHOT_ENDING, (pid_t)call.pid, 0);
	run_end(run, BOX_FORBIDDEN_SYSCALL, "seccomp", 0, 0);
}

void run_take_output(struct run *run, struct capture *capture)
{
	uint64_t limit = run->request->run.limits.output_bytes;

	capture_pump(capture, &run->output_bytes, limit);
	if (run->output_bytes > limit && !run->over)
		run_end(run, BOX_OUTPUT_LIMIT, "bytes counted in a pipe", limit,
			run->output_bytes);
}

/* Who asked waits for it, so an answer that does not get out ends the run. */
static int send_answer(const struct run *run, const void *message, size_t size,
		       struct error *err)
{
	if (send(run->box->socket_fd, message, size, MSG_NOSIGNAL) < 0)
		return error_errno(err, errno, "answer the harness");
	return 0;
}

static int answer_probe(struct run *run, struct error *err)
{
	struct box_probed probed = { .type = BOX_PROBED };
	struct inside_report *report = &run->inside->report;
	struct procfs_usage usage;

	if (report->execed && !run->over) {
		run_usage(run, &usage);
		probed.alive = 1;
		probed.threads = usage.threads;
		probed.running = usage.running;
		probed.cpu_us = cpu_now_us(run, &usage);
		probed.wall_us = (run_now_ns() - report->exec_ns) / 1000;
		probed.syncs = run->syncs.begun;
		probed.syncs_held = syncs_held(&run->syncs,
					       report->listener_fd);
	}
	return send_answer(run, &probed, sizeof probed, err);
}

static int answer_inspect(struct run *run, struct error *err)
{
	struct box_inspected inspected = { .type = BOX_INSPECTED };

	if (run->inside->report.execed && !run->over) {
		look_at_threads(run, SNAPSHOT_QUESTION, 0, 0);
		inspected.alive = 1;
		inspected.for_good = run->box->snapshot.for_good_or_outside;
	}
	return send_answer(run, &inspected, sizeof inspected, err);
}

static void end_as_asked(struct run *run)
{
	if (run->started && !run->over)
		note_waits(run);
	run_end(run, BOX_KILLED, "request of the harness", 0, 0);
}

/* 0 or -errno, -EPIPE when the harness is gone. */
static int on_message(struct run *run, struct error *err)
{
	struct box_control control;
	ssize_t got = recv(run->box->socket_fd, &control, sizeof control,
			   MSG_DONTWAIT | MSG_TRUNC);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return error_set(err, EPIPE, "the harness is gone");
	if (got == sizeof control && control.type == BOX_PROBE)
		return answer_probe(run, err);
	if (got == sizeof control && control.type == BOX_INSPECT)
		return answer_inspect(run, err);
	if (got == sizeof control && control.type == BOX_KILL)
		end_as_asked(run);
	else if (got == sizeof control && control.type == BOX_HOLD_SYNCS)
		syncs_hold(&run->syncs);
	else if (got == sizeof control && control.type == BOX_RELEASE_SYNCS)
		syncs_release(&run->syncs, run->inside->report.listener_fd);
	else
		return error_set(err, EPROTO, "unexpected message in a run");
	return 0;
}

enum {
	POLL_SOCKET,
	POLL_INIT,
	POLL_STARTED,
	POLL_WALL,
	POLL_CHECK,
	POLL_OOM,
	POLL_REFUSED,
	POLL_CAPTURE,
	POLL_MAX = POLL_CAPTURE + BOX_CHILD_FDS_MAX
};

static void fill_poll(const struct run *run, struct pollfd *polls)
{
	const struct box *box = run->box;
	size_t i;

	for (i = 0; i < POLL_MAX; i++)
		polls[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	polls[POLL_SOCKET].fd = box->socket_fd;
	polls[POLL_INIT].fd = run->pidfd;
	polls[POLL_STARTED].fd = box->told_fd;
	polls[POLL_WALL].fd = box->wall_fd;
	polls[POLL_CHECK].fd = box->check_fd;
	polls[POLL_OOM].fd = box->cgroup.oom_event_fd;
	polls[POLL_REFUSED].fd = run->listening
					 ? run->inside->report.listener_fd
					 : -1;
	for (i = 0; i < BOX_CHILD_FDS_MAX; i++)
		polls[POLL_CAPTURE + i].fd = capture_poll(
			&box->captures[i], &polls[POLL_CAPTURE + i].events);
}

static void drain_timer(int fd)
{
	uint64_t count;

	(void)!read(fd, &count, sizeof count);
}

/* One wake-up. The order matters where two things happened at once: what
 * explains an ending comes before the ending. */
static int react(struct run *run, const struct pollfd *polls, struct error *err)
{
	struct box *box = run->box;
	size_t i;

	if (polls[POLL_STARTED].revents)
		on_started(run);
	if (polls[POLL_REFUSED].revents & POLLIN)
		on_refused(run);
	else if (polls[POLL_REFUSED].revents)
		run->listening = false; /* the last user of the filter ended */
	if (polls[POLL_OOM].revents)
		run_check_oom(run);
	for (i = 0; i < BOX_CHILD_FDS_MAX; i++)
		if (polls[POLL_CAPTURE + i].revents)
			run_take_output(run, &box->captures[i]);
	if (polls[POLL_INIT].revents) {
		run->over = true;
		return 0;
	}
	if (polls[POLL_WALL].revents) {
		drain_timer(box->wall_fd);
		on_wall(run);
	}
	if (polls[POLL_CHECK].revents) {
		drain_timer(box->check_fd);
		check_usage(run);
	}
	return polls[POLL_SOCKET].revents ? on_message(run, err) : 0;
}

static int supervise(struct run *run, struct error *err)
{
	struct pollfd polls[POLL_MAX];
	int result = 0, ready;

	while (!run->over) {
		fill_poll(run, polls);
		/* once the harness is gone only the end matters */
		if (result < 0)
			polls[POLL_SOCKET].fd = -1;
		ready = poll(polls, POLL_MAX,
			     snapshot_let_go(&run->box->snapshot) ? 1 : -1);
		CHECK(ready >= 0 || errno == EINTR);
		if (ready <= 0)
			continue;
		if (react(run, polls, err) < 0) {
			result = -err->code;
			run_end(run, BOX_KILLED, "harness gone", 0, 0);
		}
	}
	return result;
}

static void close_captures(struct box *box)
{
	size_t i;

	for (i = 0; i < BOX_CHILD_FDS_MAX; i++)
		capture_close(&box->captures[i]);
}

/* Everything up to exec. What was begun is undone by the caller. */
static int begin(struct run *run, struct error *err)
{
	const struct box_run *spec = &run->request->run;
	const struct launch_plan plan = {
		.profile = spec->profile,
		.network = spec->network,
		.file_bytes = spec->limits.file_bytes,
	};
	struct box *box = run->box;

	if (launch_get(box, &plan, err) < 0)
		return -err->code;
	run->pidfd = box->launch.pidfd;
	if (run_prepare(run, err) < 0 ||
	    place_files(run->inside->report.work_fd, run->request,
			box->isolation.inner_uid, err) < 0)
		return -err->code;
	arm_at(box->wall_fd, run_now_ns() + SETUP_LIMIT_US * 1000ull);
	launch_go(box);
	return 0;
}

static void failed_to_begin(struct box *box, const struct error *why,
			    struct box_result *result)
{
	launch_drop(box);
	close_captures(box);
	result->outcome = BOX_FAILED;
	result->exit_status = -1;
	result->error = why->code;
	(void)snprintf(result->step, sizeof result->step, "%.47s", why->text);
}

int run_execute(struct box *box, struct request *request,
		struct finished *finished, struct error *err)
{
	struct run run = { .box = box,
			   .request = request,
			   .inside = &box->launch.inside,
			   .pidfd = -1,
			   .waited_us = BOX_UNKNOWN,
			   .memory_wait_us = MEMORY_LOOK_US };
	struct error why;
	int result;

	memset(finished, 0, sizeof *finished);
	finished->result.type = BOX_RESULT;
	if (begin(&run, &why) < 0) {
		failed_to_begin(box, &why, &finished->result);
		return 0;
	}
	result = supervise(&run, err);
	disarm(box->wall_fd);
	disarm(box->check_fd);
	run_settle(&run, finished);
	return result;
}

void run_let_go(struct box *box, struct finished *finished)
{
	const struct launch_plan plan = launch_guess(box, &box->launch.plan);
	bool usual = finished->result.outcome != BOX_FAILED;
	struct error err;
	unsigned i;

	for (i = 0; i < finished->output_count; i++)
		(void)close(finished->output_fds[i]);
	launch_close(box);
	/* if it fails now, it is told when it is needed */
	if (usual)
		(void)launch_start(box, &plan, &err);
}
