/*
 * overrun.c - goes past one limit, and says when
 *
 * overrun cpu|wall|memory|output. Descriptor 3 is shared memory, into whose
 * first 8 bytes it writes the time (CLOCK_MONOTONIC, ns) again and again until
 * the limit stops it; descriptor 4 is a pipe that ends when the last process
 * is dead. The work is done by grandchildren in sessions of their own.
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (64 * 1024)
#define SLEEPERS 3

static volatile uint64_t *stamp;

static void note_time(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	*stamp = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void spin(void)
{
	for (;;)
		continue;
}

static void sleep_on(void)
{
	for (;;)
		(void)sleep(1000);
}

static void take_memory(void)
{
	char *memory;

	for (;;) {
		memory = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		note_time();
		memset(memory, 1, CHUNK);
	}
}

static void flood(void)
{
	static char line[4096];

	for (;;) {
		note_time();
		(void)!write(1, line, sizeof line);
	}
}

static void grandchild(void (*work)(void))
{
	pid_t child = fork();

	if (child == 0) {
		(void)setsid();
		if (fork() == 0)
			work();
		_exit(0);
	}
	(void)waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	int i;

	stamp = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
	if (argc != 2 || stamp == MAP_FAILED)
		return 2;
	note_time();
	for (i = 0; i < SLEEPERS; i++)
		grandchild(sleep_on);
	if (strcmp(argv[1], "cpu") == 0)
		grandchild(spin);
	else if (strcmp(argv[1], "memory") == 0)
		grandchild(take_memory);
	else if (strcmp(argv[1], "output") == 0)
		grandchild(flood);
	sleep_on();
	return 0;
}
