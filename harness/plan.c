#include "plan.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "submission.h"
#include "text.h"

#define FIRST_ROOM 64

void plan_release(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		free(plan->items[i].path);
		free(plan->items[i].id);
	}
	free(plan->items);
	*plan = (struct plan){ 0 };
}

void plan_add(struct plan *plan, const char *path)
{
	struct planned *item;

	if (plan->count == plan->room) {
		plan->room = plan->room ? 2 * plan->room : FIRST_ROOM;
		plan->items = reallocarray(plan->items, plan->room,
					   sizeof *plan->items);
		ENOUGH(plan->items);
	}
	item = &plan->items[plan->count++];
	*item = (struct planned){ .path = strdup(path) };
	ENOUGH(item->path);
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

/* The first of NAME, NAME-2, NAME-3 that is not taken; @taken has how many
 * of a name were given before, so that ten thousand of one name do not take
 * for ever. */
static char *unique(json_t *taken, char *name)
{
	json_int_t n = json_integer_value(json_object_get(taken, name));
	char *other;

	if (n == 0)
		return name;
	for (;;) {
		other = text_format("%s-%lld", name, ++n);
		if (!json_object_get(taken, other))
			break;
		free(other);
	}
	report_set(taken, name, json_integer(n));
	free(name);
	return other;
}

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

void plan_name(struct plan *plan)
{
	json_auto_t *taken = json_object();
	size_t i;

	ENOUGH(taken);
	for (i = 0; i < plan->count; i++)
		if (plan->items[i].id)
			report_set(taken, plan->items[i].id, json_integer(1));
	for (i = 0; i < plan->count; i++) {
		struct planned *item = &plan->items[i];

		if (item->id)
			continue;
		item->id = unique(taken, submission_id(item->path));
		report_set(taken, item->id, json_integer(1));
	}
}
