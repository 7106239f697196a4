/*
 * events.h - the harness's JSON lines, as they come in
 *
 * The inner part of judge.h: a judge is written with that. The harness is
 * trusted, so a line that makes no sense here is its fault or the host's, not
 * the candidate's.
 */
#ifndef ASSAY_KIT_EVENTS_H
#define ASSAY_KIT_EVENTS_H

#include <stddef.h>

#include <jansson.h>

#include <assay/error.h>
#include <assay/judge.h>

struct events {
	int fd;
	size_t first; /* lines before this one have been taken */
	size_t used;
	char buffer[ASSAY_JUDGE_LINE_MAX];
};

void events_init(struct events *events, int fd);

/**
 * Take the next line that is already there. 1: *ret is the caller's. 0: none
 * yet. -EPIPE: there will be none. -EPROTO: not a line of JSON.
 */
int events_next(struct events *events, json_t **ret, struct error *err);

#endif
