/*
 * keeper.c - see assay/keeper.h
 *
 * One process without threads that sleeps until the judge says something or a
 * child ends. What it keeps apart, the candidate's program is the same user as:
 * it is not dumpable, so nothing of it can be opened or written through /proc;
 * its channel is closed in the program; and it blocks all signals, of which
 * SIGKILL and SIGSTOP are left. By these a program ends or stops its own test.
 *
 * How everything that a program left running is killed, forks and all, and
 * nothing else ever. In a box that has a pid namespace there is nobody else
 * but an init, which is out of reach: kill(-1), which the kernel does to all
 * at once. That this is so was seen before the first start, when there was
 * nobody to signal at all (kill(2): ESRCH). Otherwise (a box without
 * namespaces, tests) orphans come to the keeper, as a subreaper, and what it
 * kills are its own children, again and again, until it has none. Their pids
 * cannot pass to anybody else before it has reaped them.
 */
#define _GNU_SOURCE /* ppoll, nftw */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <assay/judge.h>
#include <assay/keeper.h>

#define CHANNEL_FD ASSAY_DRIVER_CHANNEL_FD
#define CHILDREN_FILE "/proc/thread-self/children" /* proc(5) */
#define PAUSE_FIRST_NS 50000L                      /* for the dying to die */
#define PAUSE_MAX_NS 5000000L
#define CLEAR_DESCRIPTORS 8 /* that nftw() may use */
#define ASIDE_MAX 1000      /* names tried for what "state" was before */

struct keeper {
	char **argv;
	pid_t program;            /* 0: none runs */
	bool alone;               /* with init, in a pid namespace */
	int unclear;              /* errno of the last KEEPER_CLEAR */
	struct keeper_event last; /* what there is to say of the last start */
};

__attribute__((noreturn, format(printf, 1, 2))) static void
give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("keeper: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	exit(2);
}

/* ---- an end, of all of it ---- */

/* Reap all there is to reap; what became of the program is noted. */
static void reap(struct keeper *keeper)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		if (pid != keeper->program)
			continue;
		keeper->program = 0;
		keeper->last.exit_status = WIFEXITED(status)
						   ? WEXITSTATUS(status)
						   : -1;
		keeper->last.signal = WIFSIGNALED(status) ? WTERMSIG(status)
							  : 0;
	}
}

static bool is_our_child(pid_t pid)
{
	siginfo_t info;

	return pid > 0 && waitid(P_PID, (id_t)pid, &info,
				 WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

/* The list may miss some while others end; there is always another look. */
static void kill_children(void)
{
	FILE *list = fopen(CHILDREN_FILE, "re");
	int pid;

	if (!list)
		give_up("%s: %s", CHILDREN_FILE, strerror(errno));
	while (fscanf(list, "%d", &pid) == 1)
		if (is_our_child(pid))
			(void)kill(pid, SIGKILL);
	(void)fclose(list);
}

/* Whether anything was left to be killed, or to be reaped. */
static bool kill_all(const struct keeper *keeper)
{
	siginfo_t info;

	if (keeper->alone)
		return kill(-1, SIGKILL) == 0;
	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0)
		return false;
	kill_children();
	return true;
}

static void end_all(struct keeper *keeper)
{
	struct timespec pause = { .tv_nsec = PAUSE_FIRST_NS };

	while (kill_all(keeper)) {
		reap(keeper);
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_MAX_NS)
			pause.tv_nsec *= 2;
	}
}

/* ---- the judge ---- */

__attribute__((noreturn)) static void judge_has_gone(struct keeper *keeper)
{
	end_all(keeper);
	exit(0);
}

static void tell(struct keeper *keeper, uint32_t type)
{
	ssize_t sent;

	keeper->last.type = type;
	do
		sent = send(CHANNEL_FD, &keeper->last, sizeof keeper->last,
			    MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		judge_has_gone(keeper);
}

/* ---- commands ---- */

/* The judge does not keep to what was agreed. */
__attribute__((noreturn)) static void refuse(struct keeper *keeper,
					     const char *why)
{
	end_all(keeper);
	give_up("%s", why);
}

/* Nothing of ours, and all signals as they are in a new process. */
static int spawn(struct keeper *keeper)
{
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	error = posix_spawnattr_init(&attributes);
	if (error)
		return error;
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &all);
	(void)posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn(&keeper->program, keeper->argv[0], NULL,
			    &attributes, keeper->argv, environ);
	if (error)
		keeper->program = 0;
	(void)posix_spawnattr_destroy(&attributes);
	return error;
}

/* Earlier programs had the same two pipes, and may have made them theirs. */
static void reset_pipe(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && flags & (O_NONBLOCK | O_ASYNC))
		(void)fcntl(fd, F_SETFL, flags & ~(O_NONBLOCK | O_ASYNC));
}

static void start(struct keeper *keeper)
{
	if (keeper->program)
		refuse(keeper, "told to start what runs");
	reset_pipe(STDIN_FILENO);
	reset_pipe(STDOUT_FILENO);
	keeper->last.start++;
	keeper->last.exit_status = -1;
	keeper->last.signal = 0;
	keeper->last.error = keeper->unclear ? keeper->unclear : spawn(keeper);
	tell(keeper, keeper->last.error ? KEEPER_ENDED : KEEPER_STARTED);
}

/* The judge writes nothing now, and there is no other reader. */
static void throw_input_away(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	char buffer[16 * 1024];

	while (poll(&input, 1, 0) > 0 && input.revents & POLLIN)
		if (read(STDIN_FILENO, buffer, sizeof buffer) <= 0)
			return;
}

static void end(struct keeper *keeper)
{
	end_all(keeper);
	throw_input_away();
	keeper->last.kills++;
	tell(keeper, KEEPER_ENDED);
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	(void)remove(path);
	return 0;
}

/*
 * Put aside, whatever it is and whatever is in it, which always works; and
 * then removed, as far as that can be done. What cannot be only takes room.
 */
static int clear(void)
{
	char aside[64];
	unsigned i;
	int moved = -1;

	for (i = 0; moved < 0 && i < ASIDE_MAX; i++) {
		(void)snprintf(aside, sizeof aside, ".%s.%u",
			       ASSAY_KEEPER_STATE, i);
		moved = rename(ASSAY_KEEPER_STATE, aside);
		if (moved < 0 && errno == ENOENT)
			break;
	}
	if (mkdir(ASSAY_KEEPER_STATE, 0777) < 0)
		return errno;
	if (moved == 0)
		(void)nftw(aside, remove_one, CLEAR_DESCRIPTORS,
			   FTW_DEPTH | FTW_PHYS);
	return 0;
}

static void obey(struct keeper *keeper, uint32_t type)
{
	switch (type) {
	case KEEPER_START:
		start(keeper);
		break;
	case KEEPER_KILL:
		end(keeper);
		break;
	case KEEPER_CLEAR:
		if (keeper->program)
			refuse(keeper, "told to clear what is in use");
		keeper->unclear = clear();
		break;
	default:
		refuse(keeper, "told to do what it does not know");
	}
}

/* False: there is none now. */
static bool take_command(struct keeper *keeper)
{
	struct keeper_command command;
	ssize_t got = recv(CHANNEL_FD, &command, sizeof command, MSG_DONTWAIT);

	if (got == 0 || (got < 0 && errno == ECONNRESET))
		judge_has_gone(keeper);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got != (ssize_t)sizeof command)
		give_up("channel: %s", got < 0 ? strerror(errno) : "half read");
	obey(keeper, command.type);
	return true;
}

/* ---- life ---- */

static void on_child(int number)
{
	(void)number;
}

/* All signals are blocked but when there is nothing to do, and then all but
 * the one that says that there is. */
static void sleep_until_news(void)
{
	struct pollfd channel = { .fd = CHANNEL_FD, .events = POLLIN };
	sigset_t but_one;

	(void)sigfillset(&but_one);
	(void)sigdelset(&but_one, SIGCHLD);
	(void)ppoll(&channel, 1, NULL, &but_one);
}

static void set_up(struct keeper *keeper)
{
	const struct sigaction action = { .sa_handler = on_child };
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		give_up("cannot become undumpable: %s", strerror(errno));
	if (fcntl(CHANNEL_FD, F_SETFD, FD_CLOEXEC) < 0)
		give_up("there is no channel");
	(void)fcntl(ASSAY_DRIVER_HISTORY_FD, F_SETFD, FD_CLOEXEC);
	keeper->alone = getppid() == 1 && kill(-1, 0) < 0 && errno == ESRCH;
	if (keeper->alone)
		return;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		give_up("cannot adopt orphans: %s", strerror(errno));
	if (access(CHILDREN_FILE, R_OK) < 0)
		give_up("%s: %s", CHILDREN_FILE, strerror(errno));
}

int main(int argc, char **argv)
{
	struct keeper keeper = { .argv = argv + 1 };

	if (argc < 2)
		give_up("there is nothing to keep");
	set_up(&keeper);
	if (access(ASSAY_KEEPER_STATE, F_OK) < 0)
		keeper.unclear = clear();
	for (;;) {
		if (keeper.program) {
			reap(&keeper);
			if (!keeper.program) {
				end_all(&keeper);
				tell(&keeper, KEEPER_ENDED);
			}
		}
		if (!take_command(&keeper))
			sleep_until_news();
	}
}
