/*
 * report_page.h - one submission's report as a page to read
 *
 * One file that stands alone (html_page.h). What is on it comes from a view
 * (report_view.h) and from nothing else.
 */
#ifndef ASSAY_REPORT_PAGE_H
#define ASSAY_REPORT_PAGE_H

#include <stdio.h>

#include <jansson.h>

/**
 * Write the page for @view (report_view.h) to @out. A candidate's is a letter
 * about the same evidence. @index is the path of the batch's index from there,
 * or NULL.
 */
void report_page(const json_t *view, const char *index, FILE *out);

#endif
