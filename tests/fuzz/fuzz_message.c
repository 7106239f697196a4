/*
 * fuzz_message.c - a message with descriptors over a box's socket
 *
 * Whatever the other end sends: what arrives is what was sent, or an error,
 * and no descriptor is left open that the receiver was not told of. An input
 * is how many descriptors are sent, how many and how many bytes the receiver
 * has room for, and the message.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <assay/message.h>

#define SENT_FDS_MAX 253 /* unix(7), SCM_MAX_FD */
#define ROOM_MAX 600

/* As message_send(), which would not send as many as the kernel can. */
static void send_all(int fd, const void *bytes, size_t size, size_t fd_count)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * SENT_FDS_MAX)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec part = { .iov_base = (void *)(size_t)bytes,
			      .iov_len = size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *rights;
	static const int number = 0;

	if (fd_count > 0) {
		header.msg_control = &control;
		header.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		rights = CMSG_FIRSTHDR(&header);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		for (size_t i = 0; i < fd_count; i++)
			memcpy(CMSG_DATA(rights) + i * sizeof number, &number,
			       sizeof number);
	}
	CHECK(sendmsg(fd, &header, MSG_DONTWAIT) == (ssize_t)size);
}

/* The lowest number that is free: another one when one was not given back. */
static int lowest_free(void)
{
	int fd = fcntl(0, F_DUPFD_CLOEXEC, 0);

	CHECK(fd >= 0 && close(fd) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	size_t sent = fuzz_byte(&input) % (SENT_FDS_MAX + 1);
	size_t fds_max = fuzz_byte(&input) % (BOX_FDS_MAX + 1);
	size_t room = 2u * fuzz_byte(&input) % ROOM_MAX + 1, fd_count = 99;
	AUTO_FREE char *buffer = malloc(room);
	AUTO_FREE int *fds = calloc(fds_max + 1, sizeof *fds);
	bool fits;
	int ends[2], before;
	ssize_t got;

	size = fuzz_left(&input);
	CHECK(buffer && fds);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	before = lowest_free();
	send_all(ends[0], input.at, size, sent);
	got = message_receive(ends[1], buffer, room, fds, fds_max, &fd_count);
	fits = size <= room && sent <= fds_max;
	CHECK(got == (fits ? (ssize_t)size : -EPROTO));
	CHECK(fd_count <= fds_max);
	if (fits) {
		CHECK(fd_count == sent);
		CHECK(size == 0 || memcmp(buffer, input.at, size) == 0);
	}
	for (size_t i = 0; i < fd_count; i++) {
		CHECK(fcntl(fds[i], F_GETFD) == FD_CLOEXEC);
		CHECK(close(fds[i]) == 0);
	}
	CHECK(lowest_free() == before);
	CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
	return 0;
}
