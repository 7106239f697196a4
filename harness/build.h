/*
 * build.h - compiling, in a box, what is handed in or what judges it
 */
#ifndef ASSAY_BUILD_H
#define ASSAY_BUILD_H

#include "box_client.h"
#include "exercise.h"
#include "result.h"

#define BUILD_PROGRAM_BYTES_MAX (16u << 20)

/* What to build; everything is borrowed until the callback has come. */
struct build_request {
	const struct exercise_command *commands;
	size_t command_count;
	const struct box_limits *limits;
	const char *cwd;     /* of the commands */
	const char *program; /* what must be there afterwards, below /work */
	/* placed as /work/submission/..., and /work/... as they are named */
	const struct fileset *submission; /* may be NULL */
	const struct fileset
		*tools;            /* the exercise's judge or driver; or NULL */
	const struct fileset *kit; /* may be NULL */
	const struct fileset *prepared; /* may be NULL */
	const struct fileset *built; /* with assay, to link with; may be NULL */
	bool scan; /* what the preprocessor made of the candidate's sources */
	uint32_t level; /* of the box that it is for; only tells builds apart */
};

/**
 * How @variant of the candidate's files @submission is built. Where it has
 * something to prepare, that has to be there, and stands for driver and kit.
 */
struct build_request build_request_of(const struct exercise *exercise,
				      const struct exercise_variant *variant,
				      const struct fileset *submission);

/**
 * @result is the callee's; its ->variant is not filled. @program is an open
 * descriptor of what was built, the callee's, or -1.
 */
typedef void (*build_done_cb)(void *data, struct build_result *result,
			      int program);

/** Start; the callback may come from within. */
void build_start(struct box_client *client, const struct build_request *request,
		 build_done_cb done, void *data);

/**
 * Whether somebody killed the compiler, who was neither a limit nor assay. A
 * program that gcc had started it names with these words; no compiler has a
 * reason to kill itself, and what sources can make it do it does again.
 */
bool build_was_killed(const struct build_result *result);

/** Variables that every program in a box gets; the same for everyone. */
void build_environment(struct boxspec *spec);

#endif
