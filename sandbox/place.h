/*
 * place.h - a request's files, put into /work before its program starts
 */
#ifndef ASSAY_PLACE_H
#define ASSAY_PLACE_H

#include <assay/error.h>

#include "request.h"

/**
 * Copy all of @request's files beneath the folder @work_fd, making folders as
 * needed, which become @uid's, the program's own. Nothing of the run is
 * running yet, so nothing can interfere.
 */
int place_files(int work_fd, const struct request *request, unsigned uid,
		struct error *err);

#endif
