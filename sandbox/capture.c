/*
 * capture.c - see capture.h
 */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a pipe that polls as writable takes without waiting; see pipe(7). The
 * target is somebody else's: its O_NONBLOCK is not ours to set. */
#define SURE_BYTES 4096u

int capture_open(struct capture *capture, int target_fd)
{
	struct stat status;
	int ends[2];

	if (!capture->pending)
		capture->pending = malloc(CAPTURE_CHUNK_BYTES);
	if (!capture->pending)
		return -ENOMEM;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	capture->read_fd = ends[0];
	capture->write_fd = ends[1];
	capture->target_fd = target_fd;
	capture->patient = fstat(target_fd, &status) == 0 &&
			   S_ISREG(status.st_mode);
	capture->pending_used = capture->pending_sent = 0;
	capture->error = 0;
	return 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void capture_close(struct capture *capture)
{
	close_end(&capture->read_fd);
	close_end(&capture->write_fd);
}

/* How much can be written now without waiting. */
static size_t room_at_target(const struct capture *capture)
{
	struct pollfd target = { .fd = capture->target_fd, .events = POLLOUT };
	size_t left = capture->pending_used - capture->pending_sent;

	if (capture->patient)
		return left;
	if (poll(&target, 1, 0) <= 0)
		return 0;
	return left < SURE_BYTES ? left : SURE_BYTES;
}

/* Pass on what is pending; true when nothing is left. */
static bool flush(struct capture *capture)
{
	ssize_t sent;
	size_t room;

	while (capture->pending_sent < capture->pending_used) {
		room = room_at_target(capture);
		if (room == 0)
			return false;
		sent = write(capture->target_fd,
			     capture->pending + capture->pending_sent, room);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return false;
		if (sent < 0) { /* nobody listens any more: count only */
			capture->error = errno;
			capture->pending_sent = capture->pending_used;
		}
		if (sent > 0)
			capture->pending_sent += (uint32_t)sent;
	}
	return true;
}

void capture_pump(struct capture *capture, uint64_t *count, uint64_t limit)
{
	uint64_t room;
	ssize_t got;

	/* once around per call, so that one stream cannot keep the box busy */
	if (!flush(capture) || capture->read_fd < 0)
		return;
	got = read(capture->read_fd, capture->pending, CAPTURE_CHUNK_BYTES);
	if (got < 0)
		return;
	if (got == 0) {
		close_end(&capture->read_fd);
		return;
	}
	room = *count < limit ? limit - *count : 0;
	*count += (uint64_t)got;
	capture->pending_sent = 0;
	capture->pending_used = (uint64_t)got < room ? (uint32_t)got
						     : (uint32_t)room;
	(void)flush(capture);
}

bool capture_done(const struct capture *capture)
{
	return capture->read_fd < 0 &&
	       capture->pending_sent == capture->pending_used;
}

int capture_poll(const struct capture *capture, short *events)
{
	if (capture->pending_sent < capture->pending_used) {
		*events = POLLOUT;
		return capture->target_fd;
	}
	*events = POLLIN;
	return capture->read_fd;
}
