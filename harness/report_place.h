/*
 * report_place.h - where in a results folder a submission's report lies
 */
#ifndef ASSAY_REPORT_PLACE_H
#define ASSAY_REPORT_PLACE_H

/** "@dir/reports/@id.json"; free() it. */
char *report_place(const char *dir, const char *id);

/** "ID" of "SOMEWHERE/ID.json": a file's name without that ending, if it has
 * it. free() it. */
char *report_place_id(const char *path);

#endif
