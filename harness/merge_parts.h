/*
 * merge_parts.h - between merge.c, which reads, and merge_write.c
 */
#ifndef ASSAY_MERGE_PARTS_H
#define ASSAY_MERGE_PARTS_H

#include "merge.h"

struct merge {
	size_t of;           /* shards; 0: none yet */
	const char **dirs;   /* by part; NULL: not there */
	const char *first;   /* of them, as they came */
	json_t *batch;       /* the first line of the first one's journal */
	json_t *ids;         /* {id: true} */
	json_t *exercises;   /* {id: digest} */
	json_t *environment; /* as merge_environment() */
	json_t *errors;      /* as merge_errors() */
};

#endif
