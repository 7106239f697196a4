#include "plan.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "submission.h"
#include "text.h"

#define FIRST_ROOM 64

void plan_drop(struct planned *item)
{
	if (item->owned)
		free(item->path);
	free(item->id);
}

void plan_release(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		plan_drop(&plan->items[i]);
	free(plan->items);
	*plan = (struct plan){ 0 };
}

static void add(struct plan *plan, char *path, bool owned)
{
	if (plan->count == plan->room) {
		plan->room = plan->room ? 2 * plan->room : FIRST_ROOM;
		plan->items = reallocarray(plan->items, plan->room,
					   sizeof *plan->items);
		ENOUGH(plan->items);
	}
	plan->items[plan->count++] =
		(struct planned){ .path = path, .owned = owned };
}

void plan_add(struct plan *plan, const char *path)
{
	char *copy = strdup(path);

	ENOUGH(copy);
	add(plan, copy, true);
}

void plan_borrow(struct plan *plan, char *path)
{
	add(plan, path, false);
}

/* ---- from a file ---- */

static int add_line(struct plan *plan, const char *name, char *line,
		    size_t size, struct error *err)
{
	if (size > 0 && line[size - 1] == '\n')
		line[--size] = '\0';
	if (size == 0)
		return 0;
	if (strlen(line) != size)
		return error_set(err, EINVAL,
				 "%s: a NUL; paths stand on lines of their own",
				 name);
	if (plan->count == PLAN_MAX)
		return error_set(err, EINVAL, "%s: more than %d submissions",
				 name, PLAN_MAX);
	plan_add(plan, line);
	return 0;
}

int plan_read(struct plan *plan, const char *name, struct error *err)
{
	FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	AUTO_FREE char *line = NULL;
	size_t room = 0;
	ssize_t got;
	int r = 0;

	if (!in)
		return error_errno(err, errno, "%s", name);
	errno = 0;
	while (r == 0 && (got = getline(&line, &room, in)) >= 0)
		r = add_line(plan, name, line, (size_t)got, err);
	if (r == 0 && ferror(in))
		r = error_errno(err, errno ? errno : EIO, "%s", name);
	if (in != stdin)
		(void)fclose(in);
	return r;
}

/* ---- names ---- */

void plan_digest(const struct plan *plan, char hex[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	size_t i;

	(void)crypto_hash_sha256_init(&state);
	for (i = 0; i < plan->count; i++) {
		const char *id = plan->items[i].id;

		(void)crypto_hash_sha256_update(
			&state, (const unsigned char *)id, strlen(id));
		(void)crypto_hash_sha256_update(&state,
						(const unsigned char *)"\n", 1);
	}
	(void)crypto_hash_sha256_final(&state, hash);
	(void)sodium_bin2hex(hex, 65, hash, sizeof hash);
}

/* An item while its id is not final, for which no more is kept than this: a
 * batch of a million is held in memory. */
struct named {
	struct planned *item;
	bool given; /* its id is not to be changed */
};

static int compare_ids(const struct named *a, const struct named *b)
{
	return strcmp(a->item->id, b->item->id);
}

/* Of one id: first who has it for good, then in the order of the plan. */
static int compare_named(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order = compare_ids(a, b);

	if (order != 0)
		return order;
	if (a->given != b->given)
		return a->given ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

static int compare_key(const void *key, const void *element)
{
	return strcmp(key, ((const struct named *)element)->item->id);
}

/* The others of one id, @group, whose new ones go to @ids: in @all, sorted, all
 * old ones have to be found for as long as there is a choice. */
static void name_group(const struct named *all, size_t count,
		       const struct named *group, size_t size, char **ids)
{
	const char *name = group[0].item->id;
	unsigned n = 1;
	size_t i;

	for (i = 1; i < size; i++) {
		char *id = NULL;

		if (group[i].given)
			continue;
		do {
			free(id);
			id = text_format("%s-%u", name, ++n);
		} while (bsearch(id, all, count, sizeof *all, compare_key));
		ids[i] = id;
	}
}

static void tell_apart(struct named *all, size_t count)
{
	AUTO_FREE char **ids = calloc(count + 1, sizeof *ids);
	size_t i, size;

	ENOUGH(ids);
	qsort(all, count, sizeof *all, compare_named);
	for (i = 0; i < count; i += size) {
		for (size = 1; i + size < count &&
			       compare_ids(&all[i], &all[i + size]) == 0;)
			size++;
		name_group(all, count, &all[i], size, &ids[i]);
	}
	for (i = 0; i < count; i++)
		if (ids[i]) {
			free(all[i].item->id);
			all[i].item->id = ids[i];
		}
}

void plan_name(struct plan *plan)
{
	AUTO_FREE struct named *all = calloc(plan->count + 1, sizeof *all);
	size_t i;

	ENOUGH(all);
	for (i = 0; i < plan->count; i++) {
		struct planned *item = &plan->items[i];

		all[i] = (struct named){ item, item->id != NULL };
		if (!item->id)
			item->id = submission_id(item->path);
	}
	tell_apart(all, plan->count);
}
