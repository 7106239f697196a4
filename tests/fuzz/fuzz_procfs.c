/*
 * fuzz_procfs.c - /proc/PID/stat, where a process has the name it likes
 *
 * A folder stands in for /proc. An input is the name of the process and one of
 * its thread; everything else there is the kernel's.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procfs.h"

#define NAME_BYTES 15 /* proc(5): TASK_COMM_LEN without the NUL */

static char folder[64], stat_path[96], thread_path[96];
static int proc_fd;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[96];

	(void)argc;
	(void)argv;
	(void)snprintf(folder, sizeof folder, "%s", fuzz_folder());
	(void)snprintf(path, sizeof path, "%s/7", folder);
	CHECK(mkdir(path, 0700) == 0);
	(void)snprintf(path, sizeof path, "%s/7/task", folder);
	CHECK(mkdir(path, 0700) == 0);
	(void)snprintf(path, sizeof path, "%s/7/task/7", folder);
	CHECK(mkdir(path, 0700) == 0);
	(void)snprintf(stat_path, sizeof stat_path, "%s/7/stat", folder);
	(void)snprintf(thread_path, sizeof thread_path, "%s/7/task/7/stat",
		       folder);
	proc_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(proc_fd >= 0);
	return 0;
}

/* Fields as proc(5) numbers them, each its own number, but for the state. */
static void write_stat(const char *path, struct fuzz_input *input)
{
	char text[512];
	size_t used, length;
	const char *name = fuzz_bytes(input, NAME_BYTES, &length);

	length = strnlen(name, length);
	used = (size_t)snprintf(text, sizeof text, "7 (");
	memcpy(text + used, name, length);
	used += length;
	used += (size_t)snprintf(text + used, sizeof text - used, ") S");
	for (int field = 4; field <= 52; field++)
		used += (size_t)snprintf(text + used, sizeof text - used, " %d",
					 field);
	fuzz_write(path, text, used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	uint64_t tick_us = 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
	struct procfs_usage usage;

	write_stat(stat_path, &input);
	write_stat(thread_path, &input);
	procfs_usage(proc_fd, &usage);
	CHECK(usage.threads == 1 && usage.running == 0);
	CHECK(usage.cpu_us == (14 + 15 + 16 + 17) * tick_us);
	CHECK(usage.rss_bytes == 24 * (uint64_t)sysconf(_SC_PAGESIZE));
	return 0;
}
