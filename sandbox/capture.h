/*
 * capture.h - what a program prints, counted and copied
 *
 * A fresh pipe per stream and run: a pipe's flags and size can be changed by
 * whoever holds it, so none is ever used twice. When whoever takes the bytes
 * is slow, reading stops and the program waits, as it would on a terminal; the
 * box itself never waits, for it has limits to watch.
 */
#ifndef ASSAY_CAPTURE_H
#define ASSAY_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#define CAPTURE_CHUNK_BYTES (64 * 1024)

struct capture {
	int read_fd;   /* the box's end, non-blocking; -1 when closed */
	int write_fd;  /* the program's end, until it has started */
	int target_fd; /* where the bytes go; the request's */
	bool patient;  /* the target is a file: writing never waits */
	char *pending; /* CAPTURE_CHUNK_BYTES, owned */
	uint32_t pending_used, pending_sent;
	int error; /* errno of bytes that were lost, or 0 */
};

/** 0 or -errno. */
int capture_open(struct capture *capture, int target_fd);
void capture_close(struct capture *capture);

/**
 * Move what can be moved now. *count grows by what the program wrote; bytes
 * past @limit are read but not passed on. 0, or -EPIPE when the target is
 * gone (the bytes are then thrown away and only counted).
 */
void capture_pump(struct capture *capture, uint64_t *count, uint64_t limit);

/** Everything written has been passed on, and no writer is left. */
bool capture_done(const struct capture *capture);

/** The descriptor and event to poll for, or -1 when there is nothing. */
int capture_poll(const struct capture *capture, short *events);

#endif
