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

void plan_release(struct plan *plan)
{
	free(plan->items);
	free(plan->graded_at);
	texts_release(&plan->texts);
	*plan = (struct plan){ 0 };
}

/* Where the name begins in @path. */
static size_t name_of(const char *path)
{
	size_t start = strlen(path);

	while (start > 0 && path[start - 1] == '/')
		start--;
	while (start > 0 && path[start - 1] != '/')
		start--;
	return start;
}

/* A folder of many submissions is there once, if they come one after the
 * other. */
static uint32_t add_folder(struct plan *plan, const char *path, size_t size)
{
	const char *last;

	if (plan->count > 0) {
		last = texts_at(&plan->texts,
				plan->items[plan->count - 1].folder);
		if (strlen(last) == size && memcmp(last, path, size) == 0)
			return plan->items[plan->count - 1].folder;
	}
	return texts_add(&plan->texts, path, size);
}

void plan_add(struct plan *plan, const char *path)
{
	size_t start = name_of(path);
	struct planned item = { .folder = add_folder(plan, path, start) };

	item.name = texts_add(&plan->texts, path + start, strlen(path + start));
	if (plan->count == plan->room) {
		plan->room = plan->room ? 2 * plan->room : FIRST_ROOM;
		plan->items = reallocarray(plan->items, plan->room,
					   sizeof *plan->items);
		ENOUGH(plan->items);
	}
	plan->items[plan->count++] = item;
}

void plan_call(struct plan *plan, size_t i, const char *id)
{
	plan->items[i].id = texts_add(&plan->texts, id, strlen(id));
	plan->items[i].given = true;
}

char *plan_path(const struct plan *plan, size_t i)
{
	const struct planned *item = &plan->items[i];

	return text_format("%s%s", texts_at(&plan->texts, item->folder),
			   texts_at(&plan->texts, item->name));
}

const char *plan_id(const struct plan *plan, size_t i)
{
	return texts_at(&plan->texts, plan->items[i].id);
}

void plan_graded(struct plan *plan, size_t i, uint64_t offset)
{
	if (!plan->graded_at) {
		plan->graded_at = calloc(plan->count, sizeof *plan->graded_at);
		ENOUGH(plan->graded_at);
	}
	plan->graded_at[i] = offset;
}

uint64_t plan_graded_at(const struct plan *plan, size_t i)
{
	return plan->graded_at ? plan->graded_at[i] : 0;
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
		const char *id = plan_id(plan, i);

		(void)crypto_hash_sha256_update(
			&state, (const unsigned char *)id, strlen(id));
		(void)crypto_hash_sha256_update(&state,
						(const unsigned char *)"\n", 1);
	}
	(void)crypto_hash_sha256_final(&state, hash);
	(void)sodium_bin2hex(hex, 65, hash, sizeof hash);
}

static int compare_ids(const struct plan *plan, uint32_t a, uint32_t b)
{
	return strcmp(plan_id(plan, a), plan_id(plan, b));
}

/* Of one id: first who has it for good, then in the order of the plan. */
static int compare_named(const void *left, const void *right, void *data)
{
	const struct plan *plan = data;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = compare_ids(plan, a, b);

	if (order != 0)
		return order;
	if (plan->items[a].given != plan->items[b].given)
		return plan->items[a].given ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* The plan's items in the order of compare_named(): their numbers, for which
 * no more is kept than this. */
static uint32_t *order_of(struct plan *plan)
{
	uint32_t *order = calloc(plan->count + 1, sizeof *order), i;

	ENOUGH(order);
	for (i = 0; i < plan->count; i++)
		order[i] = i;
	qsort_r(order, plan->count, sizeof *order, compare_named, plan);
	return order;
}

static bool is_taken(const struct plan *plan, const uint32_t *order,
		     const char *id)
{
	size_t first = 0, end = plan->count, middle;
	int found;

	while (first < end) {
		middle = first + (end - first) / 2;
		found = strcmp(id, plan_id(plan, order[middle]));
		if (found == 0)
			return true;
		if (found < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return false;
}

/* The others of one id, the @size from @start on, whose new ones go to @ids: in
 * @order all old ones have to be found for as long as there is a choice. */
static void name_group(struct plan *plan, const uint32_t *order, size_t start,
		       size_t size, uint32_t *ids)
{
	unsigned n = 1;
	size_t i;

	for (i = start + 1; i < start + size; i++) {
		char *id = NULL;

		if (plan->items[order[i]].given)
			continue;
		do {
			free(id);
			id = text_format("%s-%u", plan_id(plan, order[i]), ++n);
		} while (is_taken(plan, order, id));
		ids[i] = texts_add(&plan->texts, id, strlen(id));
		free(id);
	}
}

static void tell_apart(struct plan *plan)
{
	AUTO_FREE uint32_t *order = order_of(plan);
	AUTO_FREE uint32_t *ids = calloc(plan->count + 1, sizeof *ids);
	size_t i, size;

	ENOUGH(ids);
	for (i = 0; i < plan->count; i += size) {
		for (size = 1;
		     i + size < plan->count &&
		     compare_ids(plan, order[i], order[i + size]) == 0;)
			size++;
		name_group(plan, order, i, size, ids);
	}
	for (i = 0; i < plan->count; i++)
		if (ids[i] != TEXTS_NONE)
			plan->items[order[i]].id = ids[i];
}

/* Mostly it is the name itself. */
static void name_by_path(struct plan *plan, size_t i)
{
	struct planned *item = &plan->items[i];
	AUTO_FREE char *path = plan_path(plan, i);
	AUTO_FREE char *id = submission_id(path);

	if (strcmp(id, texts_at(&plan->texts, item->name)) == 0)
		item->id = item->name;
	else
		item->id = texts_add(&plan->texts, id, strlen(id));
}

void plan_name(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->items[i].id == TEXTS_NONE)
			name_by_path(plan, i);
	tell_apart(plan);
}

static int compare_items(const void *left, const void *right, void *data)
{
	const struct planned *a = left, *b = right;
	const struct plan *plan = data;

	return strcmp(texts_at(&plan->texts, a->id),
		      texts_at(&plan->texts, b->id));
}

void plan_sort(struct plan *plan)
{
	CHECK(!plan->graded_at);
	if (plan->count > 0)
		qsort_r(plan->items, plan->count, sizeof *plan->items,
			compare_items, plan);
}
