/*
 * well-behaved.c - an ordinary program that looks around first
 *
 * Runs in a box right after a misdeed. If everything is as in a box that
 * nobody has used before, and what any program may do works, it says
 * "undisturbed" and nothing else; otherwise, each thing that is not.
 *
 * well-behaved WORK TMP [no-ipc] [no-processes] [no-namespaces]
 *
 * WORK and TMP are its working folder and the one for temporary files, which
 * are not called /work and /tmp in every box.
 *
 * no-ipc         the profile has no System V ipc to look for
 * no-processes   it may not make any
 * no-namespaces  there are more processes in the world than its own two, it
 *                has the number and the user that the host gave it, named
 *                shared memory and System V ipc are out of reach
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int disturbed;

static const char *work, *temporary;
static int has_ipc = 1, has_processes = 1, has_namespaces = 1;

/* Say what is not as it should be. */
static void expect(int holds, const char *what, long seen)
{
	if (holds)
		return;
	printf("%s: %ld\n", what, seen);
	disturbed = 1;
}

static long entries(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	long count = 0;

	while (folder && (entry = readdir(folder)))
		count += strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	if (!folder)
		return -1;
	(void)closedir(folder);
	return count;
}

static void descriptors(void)
{
	long flags;
	int fd;

	for (fd = 0; fd < 4096; fd++)
		expect((fcntl(fd, F_GETFD) >= 0) == (fd <= 2), "descriptor",
		       fd);
	for (fd = 0; fd < 3; fd++) {
		flags = fcntl(fd, F_GETFL) & (O_NONBLOCK | O_APPEND | O_ASYNC);
		expect(flags == 0, "flags of a descriptor", flags);
	}
	expect(lseek(0, 0, SEEK_CUR) <= 0, "position of the input",
	       lseek(0, 0, SEEK_CUR));
}

static void places(void)
{
	char folder[256] = "";

	expect(entries(temporary) == 0, "things in /tmp", entries(temporary));
	expect(entries(work) == 0, "things in /work", entries(work));
	if (has_namespaces)
		expect(entries("/dev/shm/") == 0, "things in /dev/shm",
		       entries("/dev/shm/"));
	else
		expect(entries("/dev/shm/") < 0, "a way into /dev/shm",
		       entries("/dev/shm/"));
	expect(getcwd(folder, sizeof folder) && strcmp(folder, work) == 0,
	       "the working folder", 0);
	expect(umask(022) == 022, "umask", umask(022));
}

/* Without a pid namespace, those of its own group, which is all that a run
 * can be. */
static int is_of_this_box(long pid)
{
	return pid > 0 && (has_namespaces || getpgid((pid_t)pid) == getpgrp());
}

static void processes(void)
{
	const long init = has_namespaces ? 1 : getppid();
	const long own = has_namespaces ? 2 : getpid();
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	long pid, found = 0;

	while (proc && (entry = readdir(proc))) {
		pid = strtol(entry->d_name, NULL, 10);
		found += pid == own;
		if (is_of_this_box(pid))
			expect(pid == init || pid == own, "process", pid);
	}
	if (proc)
		(void)closedir(proc);
	expect(found == 1, "itself in /proc", found);
	expect(getpid() == own, "own pid", getpid());
	expect(getsid(0) == own, "session", getsid(0));
	expect(getpgrp() == own, "group", getpgrp());
	expect(open("/dev/tty", O_RDWR) < 0, "a terminal", 0);
}

static void identity(void)
{
	const uid_t user = has_namespaces ? 1000 : getuid();
	const gid_t group = has_namespaces ? 1000 : getgid();
	int i;

	expect(getuid() == user && geteuid() == user, "user", getuid());
	expect(getgid() == group && getegid() == group, "group id", getgid());
	expect(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "privileges", 0);
	for (i = 0; i < 64; i++)
		expect(prctl(PR_CAPBSET_READ, i, 0, 0, 0) != 1, "capability",
		       i);
}

static void signals(void)
{
	struct sigaction action;
	struct itimerval timer;
	sigset_t set;
	int number, death = 0;

	(void)sigprocmask(SIG_BLOCK, NULL, &set);
	for (number = 1; number < 65; number++) {
		expect(sigismember(&set, number) != 1, "blocked", number);
		if (sigaction(number, NULL, &action) == 0)
			expect(action.sa_handler == SIG_DFL, "ignored",
			       number);
	}
	(void)sigpending(&set);
	for (number = 1; number < 65; number++)
		expect(sigismember(&set, number) != 1, "pending", number);
	(void)getitimer(ITIMER_REAL, &timer);
	expect(timer.it_value.tv_sec == 0, "timer", timer.it_value.tv_sec);
	(void)prctl(PR_GET_PDEATHSIG, &death, 0, 0, 0);
	/* where no namespace ends with its init, nothing may outlive init */
	expect(death == (has_namespaces ? 0 : SIGKILL), "death signal", death);
}

static void limits(void)
{
	struct rlimit own;
	(void)getrlimit(RLIMIT_CORE, &own);
	expect(own.rlim_max <= 1, "core limit", (long)own.rlim_max);
	(void)getrlimit(RLIMIT_MEMLOCK, &own);
	expect(own.rlim_max <= 64 * 1024, "memlock", (long)own.rlim_max);
	(void)getrlimit(RLIMIT_NOFILE, &own);
	expect(own.rlim_cur == own.rlim_max && own.rlim_cur >= 16,
	       "descriptor limit", (long)own.rlim_cur);
	(void)getrlimit(RLIMIT_FSIZE, &own);
	expect(own.rlim_cur == own.rlim_max && own.rlim_cur >= 65536,
	       "file limit", (long)own.rlim_cur);
	expect(getpriority(PRIO_PROCESS, 0) == 0, "nice",
	       getpriority(PRIO_PROCESS, 0));
	expect(sched_getscheduler(0) == SCHED_OTHER, "scheduler",
	       sched_getscheduler(0));
}

static void surroundings(void)
{
	extern char **environ;
	long count = 0;

	while (environ[count]) {
		expect(strncmp(environ[count], "LD_", 3) != 0, "a variable",
		       count);
		count++;
	}
	/* what a box sets, the test's marker, and PWD of the shell */
	expect(count <= 6, "variables", count);
}

static void ipc(void)
{
	struct shm_info shm = { 0 };
	struct seminfo sem = { 0 };
	struct msginfo msg = { 0 };

	(void)shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm);
	(void)semctl(0, 0, SEM_INFO, &sem);
	(void)msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg);
	expect(shm.used_ids == 0, "shared memory", shm.used_ids);
	expect(sem.semusz == 0, "semaphores", sem.semusz);
	expect(msg.msgpool == 0, "message queues", msg.msgpool);
}

static void *add_one(void *number)
{
	++*(int *)number;
	return NULL;
}

static int make_file(const char *folder, int flags)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/file", folder);
	return open(path, flags | O_CREAT | O_EXCL, 0600);
}

/* What anybody may do. */
static void ordinary_work(void)
{
	const size_t size = 1 << 20;
	int i, status, sum = 0, fd;
	pthread_t thread;
	char *memory;

	for (i = 0; i < 4 && has_processes; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(i);
		expect(child > 0, "fork", errno);
		(void)waitpid(child, &status, 0);
		expect(WIFEXITED(status) && WEXITSTATUS(status) == i, "child",
		       status);
	}
	for (i = 0; i < 3; i++) {
		expect(pthread_create(&thread, NULL, add_one, &sum) == 0,
		       "thread", i);
		(void)pthread_join(thread, NULL);
	}
	expect(sum == 3, "threads", sum);
	memory = malloc(size);
	expect(memory != NULL, "memory", errno);
	if (memory)
		memset(memory, 1, size);
	fd = make_file(work, O_RDWR);
	expect(fd == 3, "file", fd);
	expect(write(fd, "word", 4) == 4, "write", errno);
	expect(make_file(temporary, O_WRONLY) == 4, "temporary file", errno);
}

static void read_arguments(int argc, char **argv)
{
	int i;

	if (argc < 3)
		_exit(99);
	work = argv[1];
	temporary = argv[2];
	for (i = 3; i < argc; i++) {
		if (strcmp(argv[i], "no-ipc") == 0)
			has_ipc = 0;
		else if (strcmp(argv[i], "no-processes") == 0)
			has_processes = 0;
		else if (strcmp(argv[i], "no-namespaces") == 0)
			has_namespaces = 0;
		else
			_exit(99);
	}
}

int main(int argc, char **argv)
{
	read_arguments(argc, argv);
	descriptors();
	places();
	processes();
	identity();
	signals();
	limits();
	surroundings();
	if (has_ipc && has_namespaces)
		ipc();
	ordinary_work();
	if (!disturbed)
		puts("undisturbed");
	return disturbed;
}
