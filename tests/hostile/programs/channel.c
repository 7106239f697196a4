/*
 * channel.c - two programs that ought not to be able to talk
 *
 * channel send KIND [PLACE]     sets something up, says "sent", and keeps it
 *                               until its input ends
 * channel hear KIND [PLACE]     looks for it: "nothing" or "heard"
 *
 * What cannot even be tried is told by its errno; the listener's word counts.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "misdeed.h"

#define KEY 0x5eed
#define PORT 40111

/* Set up or look for; 0: done or heard; -1 with errno. */
struct channel {
	const char *name;
	int (*send)(const char *place);
	int (*hear)(const char *place);
};

static int make_file(const char *place)
{
	return open(place, O_WRONLY | O_CREAT | O_EXCL, 0666);
}

static int find_file(const char *place)
{
	return access(place, F_OK);
}

static int make_shm(const char *unused)
{
	(void)unused;
	return shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0666);
}

static int find_shm(const char *unused)
{
	(void)unused;
	return shmget(KEY, 0, 0);
}

static int make_sem(const char *unused)
{
	(void)unused;
	return semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0666);
}

static int find_sem(const char *unused)
{
	(void)unused;
	return semget(KEY, 0, 0);
}

static int make_queue(const char *unused)
{
	const struct {
		long type;
		char text[4];
	} message = { 1, "psst" };
	int id = msgget(KEY, IPC_CREAT | IPC_EXCL | 0666);

	(void)unused;
	return id < 0 ? -1 : msgsnd(id, &message, 4, IPC_NOWAIT);
}

static int find_queue(const char *unused)
{
	(void)unused;
	return msgget(KEY, 0);
}

static int make_posix_memory(const char *unused)
{
	(void)unused;
	return shm_open("/psst", O_RDWR | O_CREAT | O_EXCL, 0666);
}

static int find_posix_memory(const char *unused)
{
	(void)unused;
	return shm_open("/psst", O_RDWR, 0);
}

static int abstract_socket(int (*what)(int, const struct sockaddr *,
				       socklen_t))
{
	struct sockaddr_un name = { .sun_family = AF_UNIX,
				    .sun_path = "\0psst" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || what(fd, (struct sockaddr *)&name,
			   offsetof(struct sockaddr_un, sun_path) + 5) < 0)
		return -1;
	return what == bind ? listen(fd, 1) : 0;
}

static int make_abstract(const char *unused)
{
	(void)unused;
	return abstract_socket(bind);
}

static int find_abstract(const char *unused)
{
	(void)unused;
	return abstract_socket(connect);
}

static int port(int (*what)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || what(fd, (struct sockaddr *)&name, sizeof name) < 0)
		return -1;
	return what == bind ? listen(fd, 1) : 0;
}

static int make_port(const char *unused)
{
	(void)unused;
	return port(bind);
}

static int find_port(const char *unused)
{
	(void)unused;
	return port(connect);
}

/* ---- on files that both can see ---- */

static int take_flock(const char *place)
{
	return flock(open(place, O_RDONLY), LOCK_SH | LOCK_NB);
}

static int find_flock(const char *place)
{
	if (flock(open(place, O_RDONLY), LOCK_EX | LOCK_NB) == 0)
		return -1;
	return errno == EWOULDBLOCK ? 0 : -1;
}

static int record_lock(const char *place, int command)
{
	struct flock lock = { .l_type = F_RDLCK };

	return fcntl(open(place, O_RDONLY), command, &lock);
}

/* Somebody else's read lock is in the way of a lock for writing. */
static int record_locked(const char *place, int command)
{
	struct flock lock = { .l_type = F_WRLCK };

	if (fcntl(open(place, O_RDONLY), command, &lock) < 0)
		return -1;
	return lock.l_type == F_UNLCK ? -1 : 0;
}

static int take_record(const char *place)
{
	return record_lock(place, F_SETLK);
}

static int find_record(const char *place)
{
	return record_locked(place, F_GETLK);
}

static int take_open_record(const char *place)
{
	return record_lock(place, F_OFD_SETLK);
}

static int find_open_record(const char *place)
{
	return record_locked(place, F_OFD_GETLK);
}

static int take_lease(const char *place)
{
	return fcntl(open(place, O_RDONLY), F_SETLEASE, F_RDLCK);
}

static int find_lease(const char *place)
{
	int lease = fcntl(open(place, O_RDONLY), F_GETLEASE);

	return lease == F_RDLCK ? 0 : -1;
}

/* Here the sender watches and the listener touches, the other way round:
 * "sent" only once the watch stands, and what it saw is said at the end. */
static int watched = -1;

static int watch(const char *place)
{
	watched = inotify_init1(IN_NONBLOCK);
	return watched < 0 ? -1 : inotify_add_watch(watched, place, IN_OPEN);
}

static int touch(const char *place)
{
	(void)close(open(place, O_RDONLY));
	return -1;
}

static volatile sig_atomic_t noticed;

static void notice(int unused)
{
	(void)unused;
	noticed = 1;
}

static int watch_folder(const char *place)
{
	int fd = open(place, O_RDONLY | O_DIRECTORY);

	(void)signal(SIGIO, notice);
	return fcntl(fd, F_NOTIFY, DN_ACCESS | DN_MULTISHOT);
}

static int read_file(const char *place)
{
	char path[256], byte;

	(void)snprintf(path, sizeof path, "%s/channel", place);
	(void)!read(open(path, O_RDONLY), &byte, 1);
	return -1;
}

/* ---- on what both were given ---- */

static int move_input(const char *unused)
{
	(void)unused;
	return lseek(0, 3, SEEK_SET) < 0 ? -1 : fcntl(0, F_SETFL, O_NONBLOCK);
}

static int find_moved(const char *unused)
{
	(void)unused;
	if (lseek(0, 0, SEEK_CUR) != 0 || fcntl(0, F_GETFL) & O_NONBLOCK)
		return 0;
	return -1;
}

static int touch_time(const char *place)
{
	char byte;

	return (int)read(open(place, O_RDONLY), &byte, 1) - 1;
}

static int find_time(const char *place)
{
	struct stat status;

	if (stat(place, &status) < 0)
		return -1;
	if (status.st_atim.tv_sec != status.st_mtim.tv_sec)
		return status.st_atim.tv_sec > status.st_mtim.tv_sec ? 0 : -1;
	return status.st_atim.tv_nsec > status.st_mtim.tv_nsec ? 0 : -1;
}

/* Numbers that grow with what others do. */
static int take_pids(const char *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < 30; i++)
		if (fork() == 0)
			for (;;)
				pause();
	return 0;
}

static int find_pids(const char *unused)
{
	(void)unused;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return getpid() != 2 || child != 3 ? 0 : -1;
}

/* What one user may have of something, used up. */
static int take_pipes(const char *unused)
{
	int pair[2], i;

	(void)unused;
	for (i = 0; i < 20; i++)
		if (pipe(pair) < 0 || fcntl(pair[0], F_SETPIPE_SZ, 1 << 20) < 0)
			return -1;
	return 0;
}

static int find_pipes(const char *unused)
{
	int pair[2], i;

	(void)unused;
	for (i = 0; i < 20; i++)
		if (pipe(pair) == 0 &&
		    fcntl(pair[0], F_GETPIPE_SZ) != 65536)
			return 0;
	return -1;
}

static int queue_signals(const char *unused)
{
	union sigval value = { 0 };
	sigset_t set;
	int queued = 0;

	(void)unused;
	(void)sigfillset(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	while (queued < 100000 &&
	       sigqueue(getpid(), SIGRTMIN, value) == 0)
		queued++;
	return 0;
}

/* One is always to be had. */
static int find_signals(const char *unused)
{
	union sigval value = { 0 };
	sigset_t set;
	int i;

	(void)unused;
	(void)sigfillset(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	for (i = 0; i < 100; i++)
		if (sigqueue(getpid(), SIGRTMIN, value) < 0)
			return 0;
	return -1;
}

static int take_locked_memory(const char *unused)
{
	static char memory[64 * 1024] __attribute__((aligned(4096)));

	(void)unused;
	return mlock(memory, sizeof memory);
}

static int find_locked_memory(const char *unused)
{
	static char memory[32 * 1024] __attribute__((aligned(4096)));

	(void)unused;
	return mlock(memory, sizeof memory) < 0 ? 0 : -1;
}

static const struct channel channels[] = {
	{ "file", make_file, find_file },
	{ "shared-memory", make_shm, find_shm },
	{ "semaphore", make_sem, find_sem },
	{ "message-queue", make_queue, find_queue },
	{ "posix-memory", make_posix_memory, find_posix_memory },
	{ "abstract-socket", make_abstract, find_abstract },
	{ "port", make_port, find_port },
	{ "flock", take_flock, find_flock },
	{ "record-lock", take_record, find_record },
	{ "open-record-lock", take_open_record, find_open_record },
	{ "lease", take_lease, find_lease },
	{ "inotify", watch, touch },
	{ "folder-notice", watch_folder, read_file },
	{ "input", move_input, find_moved },
	{ "access-time", touch_time, find_time },
	{ "pids", take_pids, find_pids },
	{ "pipe-size", take_pipes, find_pipes },
	{ "signal-queue", queue_signals, find_signals },
	{ "locked-memory", take_locked_memory, find_locked_memory },
};

static const struct channel *find(const char *name)
{
	size_t i;

	for (i = 0; name && i < sizeof channels / sizeof *channels; i++)
		if (strcmp(name, channels[i].name) == 0)
			return &channels[i];
	_exit(99);
}

/* Until nobody holds the other end; a file ends at once. */
static void wait_for_end(void)
{
	char byte;

	while (read(0, &byte, 1) > 0 || errno == EINTR)
		errno = 0;
}

static void send_it(char **arguments)
{
	const struct channel *channel = find(arguments[0]);
	char event[4096];

	say(channel->send(arguments[1] ? arguments[1] : ""), "sent");
	wait_for_end();
	if (noticed || (watched >= 0 && read(watched, event, sizeof event) > 0))
		puts("overheard");
}

static void hear(char **arguments)
{
	const struct channel *channel = find(arguments[0]);

	puts(channel->hear(arguments[1] ? arguments[1] : "") < 0 ? "nothing"
								  : "heard");
}

static const struct misdeed misdeeds[] = {
	{ "send", send_it },
	{ "hear", hear },
};

MISDEED_MAIN(misdeeds)
