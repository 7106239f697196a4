/*
 * cmd_report.h - the pieces of "assay report"
 */
#ifndef ASSAY_CMD_REPORT_H
#define ASSAY_CMD_REPORT_H

/**
 * cmd_report_verify.c: one line for each of @count reports, or results folders,
 * on whether it is what the owner of @key wrote (NULL: of this user's own key).
 * Returns an exit status: COMMAND_NOT_PASSED when one is not.
 */
int report_verify(char *const *paths, int count, const char *key);

#endif
