/*
 * box_client.h - the harness's end of one box
 *
 * A client starts its assay-sandbox process when it is first needed and again
 * after it died; a run that is cut off by that is told to its owner as a
 * fault, never as a result. One run at a time.
 */
#ifndef ASSAY_BOX_CLIENT_H
#define ASSAY_BOX_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include <assay/box.h>
#include <assay/error.h>

#include "boxspec.h"

struct box_client;

/* What came with a result. */
struct box_files {
	const int *fds; /* the collected files, the callee's from now on */
	size_t count;
	int threads; /* of a struct box_threads, or -1; borrowed */
};

/**
 * How a run ended. Exactly one of @result and @fault is NULL; with a fault
 * there are no files. The client is idle again: the callback may start the
 * next run.
 */
typedef void (*box_done_cb)(void *data, const struct box_result *result,
			    const struct box_files *files, const char *fault);

/** @probed is NULL when the run was over or the box has died. */
typedef void (*box_probed_cb)(void *data, const struct box_probed *probed);

/** The same. What was seen in full comes with the result. */
typedef void (*box_inspected_cb)(void *data,
				 const struct box_inspected *inspected);

/**
 * @binds: NULL-terminated "SRC[:DST[:rw]]" for --bind, or NULL; must live as
 * long as the client. The box itself, not what runs in it, keeps to the CPU
 * with number @cpu, counted in a ring. Starts nothing yet.
 */
struct box_client *box_client_new(uv_loop_t *loop, const char *sandbox_path,
				  char *const *binds, unsigned cpu);

/** Run nothing in a box that isolates less than @level: its runs end with a
 * fault that says what is missing. */
void box_client_require(struct box_client *client, enum box_level level);

/**
 * Start a run. @spec is the client's from now on. The callback always comes;
 * from within this call when not even a box can be started.
 */
void box_client_run(struct box_client *client, struct boxspec *spec,
		    box_done_cb done, void *data);

/** Ask for a measurement of the run under way. One question at a time. */
void box_client_probe(struct box_client *client, box_probed_cb probed,
		      void *data);

/** Ask what every thread of the run is doing. One question at a time. */
void box_client_inspect(struct box_client *client, box_inspected_cb inspected,
			void *data);

/** Have calls that make data durable wait in the run under way, or no more. A
 * run that has yet to be sent to its box begins like that. */
void box_client_hold_syncs(struct box_client *client, bool hold);

/** End the run under way; its callback comes as always. */
void box_client_kill(struct box_client *client);

/** The box has said what it is, or it cannot be had, which the next run tells;
 * box_client_hello() has the difference. */
typedef void (*box_ready_cb)(void *data);

/** Start the box if it is not there. No run may be under way. The callback
 * always comes; from within this call when the box is there. */
void box_client_ready(struct box_client *client, box_ready_cb ready,
		      void *data);

bool box_client_busy(const struct box_client *client);

/** What the box said of itself; NULL before its first hello. */
const struct box_hello *box_client_hello(const struct box_client *client);

/**
 * Close the socket, whereupon the box ends by itself, and free the client
 * once its process is gone. @client may be NULL.
 */
void box_client_close(struct box_client *client);

#endif
