/*
 * message.h - one message with its descriptors over a box's socket
 *
 * Both ends of the socket speak through these, so that there is one place
 * that knows how descriptors travel; see unix(7) on SCM_RIGHTS.
 */
#ifndef ASSAY_MESSAGE_H
#define ASSAY_MESSAGE_H

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <assay/box.h>

/* Room for all descriptors, aligned as a control message must be. */
union message_control {
	char bytes[CMSG_SPACE(sizeof(int) * BOX_FDS_MAX)];
	struct cmsghdr align;
};

static inline size_t message_take_fds(struct msghdr *header, int *fds, size_t max)
{
	struct cmsghdr *part;
	size_t count = 0, here, i;
	int fd;

	for (part = CMSG_FIRSTHDR(header); part;
	     part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level != SOL_SOCKET ||
		    part->cmsg_type != SCM_RIGHTS)
			continue;
		here = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < here; i++) {
			memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
			if (count < max)
				fds[count] = fd;
			else
				(void)close(fd);
			count++;
		}
	}
	return count;
}

/**
 * Wait for a message. Returns its size, 0 at the end of the connection, or
 * -errno: -EPROTO for one that is longer than @size or brought more
 * descriptors than @fds_max (they are closed).
 */
static inline ssize_t message_receive(int socket_fd, void *buffer, size_t size, int *fds,
			size_t fds_max, size_t *fd_count)
{
	union message_control control;
	struct iovec part = { .iov_base = buffer, .iov_len = size };
	struct msghdr header = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t got;
	size_t count;

	*fd_count = 0;
	do {
		got = recvmsg(socket_fd, &header, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	count = message_take_fds(&header, fds, fds_max);
	*fd_count = count < fds_max ? count : fds_max;
	if (count > fds_max || header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return -EPROTO;
	return got;
}

/** 0 or -errno. @fds stay the caller's. */
static inline int message_send(int socket_fd, const void *buffer, size_t size,
		 const int *fds, size_t fd_count)
{
	union message_control control;
	/* sendmsg does not write through it */
	struct iovec part = { .iov_base = (void *)(size_t)buffer,
			      .iov_len = size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *rights;
	ssize_t sent;

	if (fd_count > 0) {
		memset(&control, 0, sizeof control);
		header.msg_control = &control;
		header.msg_controllen = CMSG_SPACE(sizeof *fds * fd_count);
		rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof *fds * fd_count);
		memcpy(CMSG_DATA(rights), fds, sizeof *fds * fd_count);
	}
	do {
		sent = sendmsg(socket_fd, &header, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

#endif
