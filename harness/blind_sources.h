/*
 * blind_sources.h - a submission's sources to read, without whose they are
 */
#ifndef ASSAY_BLIND_SOURCES_H
#define ASSAY_BLIND_SOURCES_H

#include <assay/error.h>

#include "names.h"
#include "submission.h"

/**
 * Write each text file of @submission below the new folder @folder, names left
 * out of it and of its path, with no time of its own. What is there already is
 * written over. Files that are no text are left out.
 */
int blind_sources_write(const struct submission *submission,
			const struct names *names, const char *pseudonym,
			const char *folder, struct error *err);

#endif
