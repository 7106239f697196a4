#include "leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "cgroup_parts.h"
#include "text.h"

/* Users of boxes that root starts; sandbox/isolation.c. */
#define BOX_UID_FIRST 0x70000000u
#define BOX_UID_LAST 0x70400000u

struct leftovers {
	json_t *cgroups; /* object: path -> true */
};

/* ---- processes ---- */

static char *read_proc(const char *pid, const char *name, size_t *size)
{
	AUTO_FREE char *path = text_format("/proc/%s/%s", pid, name);
	char *text = NULL;
	FILE *file = fopen(path, "re"), *memory;
	char chunk[4096];
	size_t got;

	*size = 0;
	if (!file)
		return NULL;
	memory = open_memstream(&text, size);
	CHECK(memory);
	while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
		(void)fwrite(chunk, 1, got, memory);
	(void)fclose(file);
	CHECK(fclose(memory) == 0);
	return text;
}

static char *marked_process(const char *mark)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char *complaint = NULL;
	size_t size;

	CHECK(proc);
	while (!complaint && (entry = readdir(proc))) {
		AUTO_FREE char *variables = NULL;

		if (strtol(entry->d_name, NULL, 10) <= 0)
			continue;
		variables = read_proc(entry->d_name, "environ", &size);
		if (variables && memmem(variables, size, mark, strlen(mark)))
			complaint = text_format("process %s survived",
						entry->d_name);
	}
	(void)closedir(proc);
	return complaint;
}

/* A child that we did not start: its parent died before it. */
static char *orphan(void)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid < 0)
		return NULL;
	if (pid > 0)
		return text_format("process %d outlived its parents", pid);
	return text_format("a process survived and is ours now");
}

/* ---- cgroups ---- */

/*
 * A box makes its folders beneath the cgroup of whoever starts it. So where
 * that is ours to make (cgroup v1, as root) we move into one of our own, and
 * whatever there is in it afterwards was left by a case. Elsewhere it is what
 * is new and belongs to a box that is dead; somebody else's box that was
 * killed in that moment would look the same.
 */
static struct own_cgroup {
	char home[256]; /* where we were */
	char *path;     /* NULL: still there */
} own_cgroups[] = { { .path = NULL }, { .path = NULL }, { .path = NULL } };

static const char *const controllers[] = { "memory", "pids", "cpuacct" };

static bool move_to(const char *cgroup)
{
	AUTO_FREE char *path = text_format("%s/cgroup.procs", cgroup);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, "0", 1) == 1;
}

static void move_into_own(struct own_cgroup *own, const char *controller)
{
	AUTO_FREE char *path = NULL;

	if (!cgroup_find_own(controller, own->home, sizeof own->home))
		return;
	path = text_format("%s/hostile-%d", own->home, getpid());
	if (mkdir(path, 0755) < 0)
		return;
	if (move_to(path))
		own->path = TAKE_PTR(path);
	else
		(void)rmdir(path);
}

static bool in_own_cgroups(void)
{
	return own_cgroups[0].path != NULL;
}

void leftovers_begin(void)
{
	size_t i;

	for (i = 0; i < sizeof own_cgroups / sizeof *own_cgroups; i++)
		move_into_own(&own_cgroups[i], controllers[i]);
}

void leftovers_end(void)
{
	size_t i;

	for (i = 0; i < sizeof own_cgroups / sizeof *own_cgroups; i++) {
		if (!own_cgroups[i].path)
			continue;
		(void)move_to(own_cgroups[i].home);
		(void)rmdir(own_cgroups[i].path);
		free(own_cgroups[i].path);
		own_cgroups[i].path = NULL;
	}
}

static void list_cgroups(json_t *found, const char *path, unsigned depth)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		AUTO_FREE char *inner = text_format("%s/%s", path,
						    entry->d_name);

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		if (strncmp(entry->d_name, "assay-", 6) == 0)
			CHECK(json_object_set_new(found, inner, json_true()) ==
			      0);
		else if (depth > 0)
			list_cgroups(found, inner, depth - 1);
	}
	if (folder)
		(void)closedir(folder);
}

static json_t *all_cgroups(void)
{
	json_t *found = json_object();
	size_t i;

	if (!in_own_cgroups())
		list_cgroups(found, "/sys/fs/cgroup", 3);
	for (i = 0; i < sizeof own_cgroups / sizeof *own_cgroups; i++)
		if (own_cgroups[i].path)
			list_cgroups(found, own_cgroups[i].path, 0);
	return found;
}

/* The box is dead that @path, .../assay-NAMESPACE-PID-START, was of. */
static bool is_orphaned(const char *path)
{
	const char *name = strrchr(path, '/');
	unsigned long long namespace, started;
	int pid;

	return sscanf(name, "/assay-%llu-%d-%llu", &namespace, &pid,
		      &started) == 3 &&
	       kill(pid, 0) < 0 && errno == ESRCH;
}

static char *cgroup_left(const struct leftovers *before)
{
	json_auto_t *now = all_cgroups();
	const char *path;
	json_t *unused;

	json_object_foreach (now, path, unused)
		if (!json_object_get(before->cgroups, path) &&
		    (in_own_cgroups() || is_orphaned(path)))
			return text_format("cgroup %s is still there", path);
	return NULL;
}

/* ---- mounts, files, ipc, keys ---- */

/* A box's root is a file system called "assay"; no namespace but its own
 * ever sees it. */
static char *mount_left(void)
{
	size_t size;
	AUTO_FREE char *mounts = read_proc("self", "mountinfo", &size);

	return mounts && strstr(mounts, " - tmpfs assay ")
		       ? text_format("a box's root is mounted here")
		       : NULL;
}

static bool is_of_a_box(unsigned long uid)
{
	return uid >= BOX_UID_FIRST && uid < BOX_UID_LAST;
}

static char *file_left(void)
{
	static const char *const places[] = { "/tmp", "/var/tmp", "/dev/shm",
					      "/dev/mqueue" };
	struct dirent *entry;
	struct stat status;
	char *complaint = NULL;
	size_t i;

	for (i = 0; i < sizeof places / sizeof *places; i++) {
		DIR *folder = opendir(places[i]);

		while (folder && !complaint && (entry = readdir(folder)))
			if (fstatat(dirfd(folder), entry->d_name, &status,
				    AT_SYMLINK_NOFOLLOW) == 0 &&
			    is_of_a_box(status.st_uid))
				complaint = text_format("%s/%s was left",
							places[i],
							entry->d_name);
		if (folder)
			(void)closedir(folder);
	}
	return complaint;
}

/* Whether column @column of a line of @path, counted from 0, is such a user.
 * proc(5): uid and cuid of /proc/sysvipc/shm are 7 and 9, ... */
static char *owned_line(const char *path, unsigned column)
{
	FILE *file = fopen(path, "re");
	char line[1024], *rest, *word;
	char *complaint = NULL;
	unsigned i;

	while (file && !complaint && fgets(line, sizeof line, file)) {
		rest = line;
		for (i = 0; (word = strsep(&rest, " :\t\n"));)
			if (*word && i++ == column &&
			    is_of_a_box(strtoul(word, NULL, 10)))
				complaint = text_format("%s has a box's: %s",
							path, line);
	}
	if (file)
		(void)fclose(file);
	return complaint;
}

static char *object_left(void)
{
	static const struct {
		const char *path;
		unsigned column;
	} lists[] = {
		{ "/proc/sysvipc/shm", 7 }, { "/proc/sysvipc/sem", 4 },
		{ "/proc/sysvipc/msg", 7 }, { "/proc/key-users", 0 },
		{ "/proc/keys", 5 },
	};
	char *complaint = NULL;
	size_t i;

	for (i = 0; i < sizeof lists / sizeof *lists && !complaint; i++)
		complaint = owned_line(lists[i].path, lists[i].column);
	return complaint;
}

/* ---- all of it ---- */

struct leftovers *leftovers_note(void)
{
	struct leftovers *before = calloc(1, sizeof *before);

	CHECK(before);
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
	before->cgroups = all_cgroups();
	return before;
}

void leftovers_free(struct leftovers *before)
{
	if (before)
		json_decref(before->cgroups);
	free(before);
}

char *leftovers_complaint(const struct leftovers *before, const char *mark)
{
	char *complaint = marked_process(mark);

	if (!complaint)
		complaint = orphan();
	if (!complaint)
		complaint = cgroup_left(before);
	if (!complaint)
		complaint = mount_left();
	if (!complaint)
		complaint = file_left();
	if (!complaint)
		complaint = object_left();
	return complaint;
}
