/*
 * pair.c - a judge and a program as the harness starts them, in no box
 *
 *	pair COUNT ROUNDS TESTS JUDGE... -- PROGRAM...
 *
 * runs them TESTS times, each with the descriptors of assay/judge.h, and ends
 * with 0 if the judge said "pass" each time. What a grader without a harness
 * would write.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

__attribute__((noreturn)) static void give_up(const char *what)
{
	perror(what);
	exit(3);
}

/* Start @argv with @fds as 0, 3, 4 and so on; -1 ends them. */
static pid_t start(char **argv, const int *fds)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int i;

	(void)posix_spawn_file_actions_init(&actions);
	for (i = 0; fds[i] >= 0; i++)
		(void)posix_spawn_file_actions_adddup2(&actions, fds[i],
						       i ? i + 2 : 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		give_up(argv[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* A copy above all that a child gets, so that none is in another's way. */
static int above(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 20);

	if (copy < 0)
		give_up("descriptor");
	(void)close(fd);
	return copy;
}

static int ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* All that comes, up to the end; whether it says "pass". */
static int passes(int fd)
{
	char said[4096] = "";
	size_t used = 0;
	ssize_t got;

	while (used < sizeof said - 1 &&
	       (got = read(fd, said + used, sizeof said - 1 - used)) > 0)
		used += (size_t)got;
	return strstr(said, "\"pass\"") != NULL;
}

static int run(char **judge, char **program, const char *params)
{
	int null = above(open("/dev/null", O_RDWR));
	int history = above(memfd_create("history", 0));
	int channel[2], verdict[2], events[2], passed;
	pid_t judging, running;

	if (ftruncate(history, 4096) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel) < 0 ||
	    pipe(verdict) < 0 || pipe(events) < 0)
		give_up("channels");
	for (int i = 0; i < 2; i++) {
		channel[i] = above(channel[i]);
		verdict[i] = above(verdict[i]);
		events[i] = above(events[i]);
	}
	if (write(events[1], params, strlen(params)) < 0)
		give_up("parameters");
	judging = start(judge, (int[]){ events[0], verdict[1], channel[0],
					history, -1 });
	running = start(program, (int[]){ null, channel[1], history, -1 });
	(void)close(channel[0]);
	(void)close(channel[1]);
	(void)close(verdict[1]);
	passed = passes(verdict[0]);
	passed &= ended_well(judging);
	passed &= ended_well(running);
	(void)close(verdict[0]);
	(void)close(events[0]);
	(void)close(events[1]);
	(void)close(history);
	(void)close(null);
	return passed;
}

int main(int argc, char **argv)
{
	char params[512];
	int tests, i;

	for (i = 4; i < argc && strcmp(argv[i], "--") != 0; i++)
		continue;
	if (i + 1 >= argc)
		return 2;
	argv[i] = NULL;
	for (tests = 0; tests < atoi(argv[3]); tests++) {
		(void)snprintf(params, sizeof params,
			       "{\"type\":\"params\",\"test\":\"sorts-%d\","
			       "\"seed\":%d,\"repetition\":0,"
			       "\"baseline\":false,\"history_bytes\":0,"
			       "\"params\":{\"count\":%d,\"rounds\":%d}}\n",
			       tests, tests, atoi(argv[1]), atoi(argv[2]));
		if (!run(argv + 4, argv + i + 1, params))
			return 1;
	}
	return 0;
}
