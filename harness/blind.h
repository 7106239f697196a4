/*
 * blind.h - pseudonyms of a batch's candidates, and who is who
 *
 * "Candidate 7F3K" for a submission's id: the same in every rendering of a batch,
 * so that raters can speak of it, and nothing that could be computed from the
 * name: a keyed hash of the id. Two files say who is who, for their owner only,
 * beside the results and never in what is handed to raters:
 *
 *   PATH.key    the secret, 64 hexadecimal digits, made on first use
 *   PATH.json   {"blind_version": 1, "candidates": {PSEUDONYM: ID}}
 */
#ifndef ASSAY_BLIND_H
#define ASSAY_BLIND_H

#include <jansson.h>

#include <assay/error.h>

#define BLIND_VERSION 1

struct blind;

/**
 * Read or make PATH.key and read PATH.json, where @path is PATH. Errors as of
 * seed_secret_load(); -EINVAL also for a PATH.json that is something else.
 */
int blind_open(const char *path, struct blind **ret, struct error *err);

/** Write PATH.json when there is somebody new in it. 0 or -errno. */
int blind_save(struct blind *blind, struct error *err);

/** NULL is nothing. */
void blind_free(struct blind *blind);

/** What @id is called: "Candidate 7F3K". @blind's; stays until it is freed. */
const char *blind_name(struct blind *blind, const char *id);

/** Whose pseudonym @name is, without regard to capitals and to "Candidate " or
 * "candidate-" in front; NULL: nobody's. */
const char *blind_id(const struct blind *blind, const char *name);

/** @name as a file's: "candidate-7F3K". free() it. */
char *blind_file_name(const char *name);

#endif
