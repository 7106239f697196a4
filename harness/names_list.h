/*
 * names_list.h - a table of who is called what, from who knows them
 *
 * CSV (RFC 4180), UTF-8 or not: in each line first the submission, by its id or
 * the path it was graded from, behind it whatever the candidate is called:
 * names, e-mail addresses, accounts. Lines of other submissions, such as a
 * heading, are passed over.
 */
#ifndef ASSAY_NAMES_LIST_H
#define ASSAY_NAMES_LIST_H

#include <stddef.h>

#include <assay/error.h>

#include "names.h"

#define NAMES_LIST_MAX (16u << 20) /* bytes */

struct names_list;

/** Read the file at @path. -EINVAL: a NUL in it, too large. */
int names_list_load(const char *path, struct names_list **ret,
		    struct error *err);
/** @size bytes of such a table; never fails. */
struct names_list *names_list_parse(const char *bytes, size_t size);
void names_list_free(struct names_list *list);

/** Add to @names what the table says of submission @id. How many lines did. */
size_t names_list_learn(const struct names_list *list, const char *id,
			struct names *names);

#endif
