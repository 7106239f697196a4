#include "blind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "report_file.h"
#include "report_parts.h"
#include "seed.h"
#include "text.h"

#define TITLE "Candidate "
#define FILE_TITLE "candidate-"
#define SIGNS_MIN 4
#define SIGNS_MAX 16

struct blind {
	char *map; /* PATH.json */
	unsigned char secret[SEED_SECRET_BYTES];
	json_t *names; /* {PSEUDONYM: ID} */
	json_t *ids;   /* {ID: PSEUDONYM} */
	bool changed;
};

static int bad_map(const struct blind *blind, const char *why,
		   struct error *err)
{
	return error_set(err, EINVAL, "%s: %s", blind->map, why);
}

static int take_map(struct blind *blind, const json_t *map, struct error *err)
{
	const json_t *names = json_object_get(map, "candidates");
	const json_t *version = json_object_get(map, "blind_version");
	const char *name;
	json_t *id;

	if (json_integer_value(version) != BLIND_VERSION ||
	    !json_is_object(names))
		return bad_map(blind, "is no list of pseudonyms", err);
	/* jansson has no iteration over what is const */
	json_object_foreach ((json_t *)(uintptr_t)names, name, id) {
		if (!json_is_string(id))
			return bad_map(blind, "a candidate has no id", err);
		report_set(blind->names, name, json_incref(id));
		report_set(blind->ids, json_string_value(id),
			   report_text(name));
	}
	return 0;
}

static int read_map(struct blind *blind, struct error *err)
{
	json_auto_t *map = NULL;
	json_error_t where;
	AUTO_CLOSE int fd = open(blind->map, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT
			       ? 0
			       : error_errno(err, errno, "%s", blind->map);
	map = json_loadfd(fd, JSON_REJECT_DUPLICATES, &where);
	if (!map)
		return error_set(err, EINVAL, "%s: line %d: %s", blind->map,
				 where.line, where.text);
	return take_map(blind, map, err);
}

int blind_open(const char *path, struct blind **ret, struct error *err)
{
	AUTO_FREE char *key = text_format("%s.key", path);
	struct blind *blind = calloc(1, sizeof *blind);
	int r;

	ENOUGH(blind);
	blind->map = text_format("%s.json", path);
	blind->names = json_object();
	blind->ids = json_object();
	ENOUGH(blind->names && blind->ids);
	r = seed_secret_load(key, blind->secret, err);
	if (r == 0)
		r = read_map(blind, err);
	if (r < 0)
		blind_free(blind);
	else
		*ret = blind;
	return r;
}

void blind_free(struct blind *blind)
{
	if (!blind)
		return;
	sodium_memzero(blind->secret, sizeof blind->secret);
	json_decref(blind->names);
	json_decref(blind->ids);
	free(blind->map);
	free(blind);
}

/* ---- pseudonyms ---- */

/* As many signs of it as are wanted; none that looks like another, and no
 * vowels, so that they make no words. */
static void signs_of(const struct blind *blind, const char *id,
		     char signs[SIGNS_MAX + 1])
{
	static const char alphabet[] = "23456789BCDFGHJKMNPQRSTVWXYZ";
	unsigned char hash[crypto_generichash_BYTES];
	size_t i;

	CHECK(crypto_generichash(hash, sizeof hash, (const unsigned char *)id,
				 strlen(id), blind->secret,
				 sizeof blind->secret) == 0);
	for (i = 0; i < SIGNS_MAX; i++)
		signs[i] = alphabet[hash[i] % (sizeof alphabet - 1)];
	signs[SIGNS_MAX] = '\0';
}

/* The shortest that nobody else has. */
static char *new_name(const struct blind *blind, const char *id)
{
	char signs[SIGNS_MAX + 1];
	size_t size;

	signs_of(blind, id, signs);
	for (size = SIGNS_MIN; size < SIGNS_MAX; size++) {
		AUTO_FREE char *name = text_format(TITLE "%.*s", (int)size,
						   signs);

		if (!json_object_get(blind->names, name))
			return TAKE_PTR(name);
	}
	return text_format(TITLE "%s", signs);
}

const char *blind_name(struct blind *blind, const char *id)
{
	AUTO_FREE char *name = NULL;
	const json_t *known = json_object_get(blind->ids, id);

	if (known)
		return json_string_value(known);
	name = new_name(blind, id);
	report_set(blind->names, name, report_text(id));
	report_set(blind->ids, id, report_text(name));
	blind->changed = true;
	return json_string_value(json_object_get(blind->ids, id));
}

static const char *without(const char *text, const char *front)
{
	size_t size = strlen(front);

	return strncasecmp(text, front, size) == 0 ? text + size : text;
}

static const char *signs_in(const char *name)
{
	return without(without(name, TITLE), FILE_TITLE);
}

const char *blind_id(const struct blind *blind, const char *name)
{
	const char *known;
	json_t *id;

	json_object_foreach (blind->names, known, id)
		if (strcasecmp(signs_in(known), signs_in(name)) == 0)
			return json_string_value(id);
	return NULL;
}

char *blind_file_name(const char *name)
{
	return text_format(FILE_TITLE "%s", signs_in(name));
}

/* ---- who is who ---- */

static json_t *map_of(const struct blind *blind)
{
	json_t *map = json_object();

	ENOUGH(map);
	report_set(map, "blind_version", json_integer(BLIND_VERSION));
	report_set(map, "candidates", json_incref(blind->names));
	return map;
}

int blind_save(struct blind *blind, struct error *err)
{
	json_auto_t *map = NULL;
	AUTO_FREE char *text = NULL, *line = NULL;
	mode_t before;
	int r;

	if (!blind->changed)
		return 0;
	map = map_of(blind);
	text = json_dumps(map, JSON_INDENT(1) | JSON_SORT_KEYS);
	ENOUGH(text);
	line = text_format("%s\n", text);
	before = umask(0077);
	r = report_file_replace(blind->map, line, strlen(line), err);
	(void)umask(before);
	if (r == 0)
		blind->changed = false;
	return r;
}
