/*
 * survive.c - being there when the run is over, and ways to end
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "misdeed.h"

static void stay(void)
{
	int signal_number;

	for (signal_number = 1; signal_number < 65; signal_number++)
		(void)signal(signal_number, SIG_IGN);
	for (;;)
		pause();
}

/* A daemon as it is made by the book. */
static void daemonize(char **unused)
{
	(void)unused;
	if (fork() == 0) {
		(void)setsid();
		if (fork() == 0) {
			(void)close(0);
			(void)close(1);
			(void)close(2);
			stay();
		}
		_exit(0);
	}
	(void)wait(NULL);
	puts("daemon");
}

/* Children and grandchildren in sessions and groups of their own. */
static void litter(char **arguments)
{
	int i;

	for (i = 0; i < 3; i++)
		if (fork() == 0) {
			(void)(i % 2 ? setsid() : setpgid(0, 0));
			(void)fork();
			stay();
		}
	if (number(arguments, 0, 0))
		stay();
	puts("littered");
}

static void stop_self(char **unused)
{
	(void)unused;
	(void)raise(SIGSTOP);
	puts("continued");
}

static void stop_child(char **unused)
{
	pid_t child = fork();

	(void)unused;
	if (child == 0)
		stay();
	(void)kill(child, SIGSTOP);
	puts("stopped");
}

/* The parent of a vfork waits where only SIGKILL finds it. */
static void vfork_and_stay(char **unused)
{
	(void)unused;
	if (vfork() == 0)
		for (;;)
			pause();
}

static void leave_zombies(char **unused)
{
	int i;

	(void)unused;
	for (i = 0; i < 20; i++)
		if (fork() == 0)
			_exit(0);
	puts("zombies");
}

static void exec_chain(char **arguments)
{
	static char left[32];
	long count = number(arguments, 0, 0);

	if (count == 0)
		stay();
	(void)snprintf(left, sizeof left, "%ld", count - 1);
	if (fork() != 0 && count % 2)
		_exit(0);
	(void)execl("/proc/self/exe", "renamed", "exec-chain", left, NULL);
}

static void kill_all(char **unused)
{
	(void)unused;
	if (fork() == 0)
		stay();
	say(kill(-1, SIGKILL), "killed the rest");
}

/* Signals to init, which is all that is above: dropped, or not allowed. */
static void signal_init(char **unused)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSTOP, SIGUSR1,
				       SIGCHLD, SIGSEGV, SIGHUP,  SIGINT };
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof signals / sizeof *signals; i++) {
		(void)kill(1, signals[i]);
		(void)kill(getppid(), signals[i]);
	}
	(void)kill(0, SIGURG); /* ignored unless handled: the whole group */
	puts("still here");
}

/* Limits of init, by which the kernel itself would kill it. */
static void limit_init(char **unused)
{
	struct rlimit none = { 0, 0 };
	int resource, changed = 0;

	(void)unused;
	for (resource = 0; resource < RLIM_NLIMITS; resource++)
		changed += prlimit(1, (__rlimit_resource_t)resource, &none,
				   NULL) == 0;
	printf("%d changed\n", changed);
}

static void end_by(char **arguments)
{
	(void)raise((int)number(arguments, 0, SIGKILL));
	puts("still here");
}

static void end_by_child(char **arguments)
{
	pid_t parent = getpid();

	if (fork() == 0) {
		(void)kill(parent, (int)number(arguments, 0, SIGKILL));
		_exit(0);
	}
	for (;;)
		pause();
}

static void write_to_null(char **unused)
{
	(void)unused;
	*(volatile int *)0 = 1;
}

static void divide_by_zero(char **unused)
{
	volatile int zero = 0, many = 1000;

	(void)unused;
	printf("%d\n", many / zero);
}

static void dump_core(char **unused)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit own;

	(void)unused;
	(void)setrlimit(RLIMIT_CORE, &all);
	(void)getrlimit(RLIMIT_CORE, &own);
	(void)chdir(in_folder("HOME", ""));
	abort();
}

/* With the exit status of success, before anything was done. */
static void leave_early(char **unused)
{
	(void)unused;
	puts("PASS");
	fflush(stdout);
	_exit(0);
}

static void exit_with(char **arguments)
{
	_exit((int)number(arguments, 0, 0));
}

/* Everything that a later process might inherit, changed. */
static void spoil(char **unused)
{
	struct rlimit tight = { 16, 16 };
	sigset_t all;

	(void)unused;
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)umask(0777);
	(void)setrlimit(RLIMIT_NOFILE, &tight);
	(void)setrlimit(RLIMIT_FSIZE, &tight);
	(void)prctl(PR_SET_NAME, "init");
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setenv("LD_PRELOAD", in_folder("TMPDIR", "evil.so"), 1);
	(void)fcntl(0, F_SETFL, O_NONBLOCK | O_APPEND);
	(void)fcntl(1, F_SETFL, O_NONBLOCK);
	(void)fcntl(0, F_SETOWN, getpid());
	(void)lseek(0, 1 << 20, SEEK_SET);
	puts("spoiled");
}

/* Something for the dynamic linker to find. */
static void leave_preload(char **unused)
{
	const char *const places[] = { "/etc/ld.so.preload",
				       in_folder("TMPDIR", "evil.so"),
				       in_folder("HOME", "libc.so.6"),
				       "/usr/lib/evil.so", "/etc/ld.so.conf",
				       in_folder("HOME", ".profile") };
	size_t i;
	int fd;

	(void)unused;
	for (i = 0; i < sizeof places / sizeof *places; i++) {
		fd = open(places[i], O_WRONLY | O_CREAT, 0755);
		printf("%s ", fd < 0 ? strerrorname_np(errno) : "made");
	}
	putchar('\n');
}

static const struct misdeed misdeeds[] = {
	{ "daemon", daemonize },
	{ "litter", litter },
	{ "stop-self", stop_self },
	{ "stop-child", stop_child },
	{ "vfork-and-stay", vfork_and_stay },
	{ "leave-zombies", leave_zombies },
	{ "exec-chain", exec_chain },
	{ "kill-all", kill_all },
	{ "signal-init", signal_init },
	{ "limit-init", limit_init },
	{ "end-by", end_by },
	{ "end-by-child", end_by_child },
	{ "write-to-null", write_to_null },
	{ "divide-by-zero", divide_by_zero },
	{ "dump-core", dump_core },
	{ "leave-early", leave_early },
	{ "exit", exit_with },
	{ "spoil", spoil },
	{ "leave-preload", leave_preload },
};

MISDEED_MAIN(misdeeds)
