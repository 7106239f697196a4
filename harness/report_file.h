/*
 * report_file.h - files that are whole or not there
 */
#ifndef ASSAY_REPORT_FILE_H
#define ASSAY_REPORT_FILE_H

#include <stddef.h>

#include <assay/error.h>

/**
 * Make @path hold @bytes, so that a reader sees what was there before or all
 * that is there now, also when the machine stops in between.
 */
int report_file_replace(const char *path, const char *bytes, size_t size,
			struct error *err);

#endif
