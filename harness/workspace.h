/*
 * workspace.h - the folder a candidate works in, from start to hand-in
 */
#ifndef ASSAY_WORKSPACE_H
#define ASSAY_WORKSPACE_H

#include <stdint.h>

#include <assay/error.h>

#include "exercise.h"
#include "fileset.h"
#include "submission.h"

/* What a workspace gets besides the starter's files. */
#define WORKSPACE_STATEMENT "README.md"
#define WORKSPACE_COMMANDS "compile_commands.json"

/**
 * Make the workspace @dir: starter, statement, marker and, for sources in C and
 * C++, the commands that editors read. The folder is made, with those above it, or is there and
 * empty. -ENOTEMPTY: it has something in it; -ENOTDIR: it is no folder.
 */
int workspace_create(const struct exercise *exercise,
		     const struct exercise_language *language, const char *dir,
		     struct error *err);

/**
 * The same with @files in place of the starter's, and nothing but the marker
 * beside them: somebody's work as it would be handed in.
 */
int workspace_lay_out(const struct exercise *exercise,
		      const struct exercise_language *language,
		      const struct fileset *files, const char *dir,
		      struct error *err);

struct workspace_pack {
	struct fileset files; /* what is in the archive, marker included */
	char sha256[65];      /* of the archive */
	uint64_t size;        /* of the archive */
};

/**
 * Write the archive to hand in to @path, .tar.gz, .tgz or .zip: the marker and
 * those files of the submission that the exercise asks for. The same files
 * give the same bytes, whenever and wherever. The archive appears at @path
 * complete or not at all, and only if submission_read() takes it in:
 * otherwise -EINVAL with the reason.
 */
int workspace_pack(const struct submission *submission,
		   const struct exercise *exercise,
		   const struct exercise_language *language, const char *path,
		   struct workspace_pack *ret, struct error *err);
void workspace_pack_release(struct workspace_pack *pack);

/** Whether workspace_pack() knows an archive by this name. */
bool workspace_archive_ok(const char *path);

#endif
