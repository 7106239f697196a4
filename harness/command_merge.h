/*
 * command_merge.h - "assay report --merge": shards, put together
 */
#ifndef ASSAY_COMMAND_MERGE_H
#define ASSAY_COMMAND_MERGE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Merge the @count result folders @dirs into @out (NULL: complain), and print
 * the summary, as JSON if @json. Returns the exit status; what could not be
 * graded makes it COMMAND_USAGE, as it does for grade.
 */
int command_merge(char *const *dirs, size_t count, const char *out, bool json);

#endif
