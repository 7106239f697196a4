#include "names_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "submission.h"
#include "text.h"

/* {ID: [NAME, ...]}; lines of one id are put together. */
struct names_list {
	json_t *names;
};

/* ---- reading ---- */

struct reader {
	const char *at, *end;
	bool line_ends; /* behind the field that was read last */
};

static void after_field(struct reader *reader)
{
	while (reader->at < reader->end && *reader->at != ',' &&
	       *reader->at != '\n')
		reader->at++; /* behind a closing quote there is nothing */
	reader->line_ends = reader->at >= reader->end || *reader->at == '\n';
	if (reader->at < reader->end)
		reader->at++;
}

/* free() it. */
static char *read_field(struct reader *reader)
{
	size_t size = 0;
	char *field = calloc(1, (size_t)(reader->end - reader->at) + 1);
	bool quoted = reader->at < reader->end && *reader->at == '"';

	ENOUGH(field);
	reader->at += quoted;
	for (; reader->at < reader->end; reader->at++) {
		char byte = *reader->at;

		if (quoted && byte == '"') {
			reader->at++;
			if (reader->at >= reader->end || *reader->at != '"')
				break;
		} else if (!quoted && (byte == ',' || byte == '\n')) {
			break;
		}
		field[size++] = byte;
	}
	after_field(reader);
	while (size > 0 && strchr(" \t\r", field[size - 1]))
		field[--size] = '\0';
	return field;
}

/* A submission's id, of an id or a path. free() it. */
static char *id_of(const char *field)
{
	/* of UTF-8, as some programs begin their files */
	if (strncmp(field, "\xef\xbb\xbf", 3) == 0)
		field += 3;
	return submission_id(field);
}

static void read_line(struct names_list *list, struct reader *reader)
{
	AUTO_FREE char *first = read_field(reader);
	AUTO_FREE char *id = id_of(first);
	json_t *names = json_object_get(list->names, id);

	if (!names) {
		names = json_array();
		ENOUGH(names);
		report_set(list->names, id, names);
	}
	while (!reader->line_ends) {
		AUTO_FREE char *name = read_field(reader);

		report_append(names, report_text(name));
	}
}

struct names_list *names_list_parse(const char *bytes, size_t size)
{
	struct names_list *list = calloc(1, sizeof *list);
	struct reader reader = { bytes, bytes + size, false };

	ENOUGH(list);
	list->names = json_object();
	ENOUGH(list->names);
	while (reader.at < reader.end)
		read_line(list, &reader);
	return list;
}

int names_list_load(const char *path, struct names_list **ret,
		    struct error *err)
{
	AUTO_FREE char *bytes = NULL;
	FILE *in = fopen(path, "re");
	size_t size;
	bool failed;

	if (!in)
		return error_errno(err, errno, "%s", path);
	bytes = malloc(NAMES_LIST_MAX + 1);
	ENOUGH(bytes);
	size = fread(bytes, 1, NAMES_LIST_MAX + 1, in);
	failed = ferror(in) != 0;
	(void)fclose(in);
	if (failed)
		return error_set(err, EISDIR, "%s: cannot be read", path);
	if (size > NAMES_LIST_MAX)
		return error_set(err, EINVAL, "%s: more than %u bytes", path,
				 NAMES_LIST_MAX);
	if (memchr(bytes, 0, size))
		return error_set(err, EINVAL, "%s: no table: has a NUL", path);
	*ret = names_list_parse(bytes, size);
	return 0;
}

void names_list_free(struct names_list *list)
{
	if (!list)
		return;
	json_decref(list->names);
	free(list);
}

size_t names_list_learn(const struct names_list *list, const char *id,
			struct names *names)
{
	json_t *known = json_object_get(list->names, id), *name;
	size_t i;

	json_array_foreach (known, i, name)
		names_add(names, json_string_value(name));
	return json_array_size(known);
}
