/*
 * exercise_lookup.c - finding exercises, and things in one; see exercise.h
 */
#include "exercise.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exercise_manifest.h"

bool exercise_id_ok(const char *id)
{
	char topic[NAME_MAX + 1];
	const char *slash = strchr(id, '/');

	if (!slash || (size_t)(slash - id) >= sizeof topic)
		return false;
	memcpy(topic, id, (size_t)(slash - id));
	topic[slash - id] = '\0';
	return manifest_id_ok(topic) && manifest_id_ok(slash + 1);
}

bool exercise_is_at(const char *root, const char *id)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/%s/" EXERCISE_MANIFEST,
			      root, id);

	return length > 0 && (size_t)length < sizeof path &&
	       access(path, F_OK) == 0;
}

/* Takes @string over. */
static int append(string_list *list, char *string, struct error *err)
{
	size_t count = string_list_count(*list);
	string_list longer = reallocarray(*list, count + 2, sizeof *longer);

	if (longer)
		*list = longer;
	if (!longer || !string) {
		free(string);
		return error_set(err, ENOMEM, "out of memory");
	}
	longer[count] = string;
	longer[count + 1] = NULL;
	return 0;
}

/* Append the ids of all packages of one topic. */
static int list_topic(const char *root, const char *topic, string_list *list,
		      struct error *err)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int rc = 0;

	(void)snprintf(path, sizeof path, "%s/%s", root, topic);
	dir = opendir(path);
	if (!dir)
		return errno == ENOTDIR ? 0
					: error_errno(err, errno, "%s", path);
	while (rc == 0 && (entry = readdir(dir))) {
		char *id;

		if (!manifest_id_ok(entry->d_name))
			continue;
		if (asprintf(&id, "%s/%s", topic, entry->d_name) < 0)
			rc = error_set(err, ENOMEM, "out of memory");
		else if (exercise_is_at(root, id))
			rc = append(list, id, err);
		else
			free(id);
	}
	(void)closedir(dir);
	return rc;
}

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int exercise_list(const char *root, string_list *ret, struct error *err)
{
	string_list list = calloc(1, sizeof *list);
	struct dirent *entry;
	DIR *dir = opendir(root);
	int rc = 0;

	if (!dir)
		rc = error_errno(err, errno, "%s", root);
	else if (!list)
		rc = error_set(err, ENOMEM, "out of memory");
	while (rc == 0 && (entry = readdir(dir)))
		if (manifest_id_ok(entry->d_name))
			rc = list_topic(root, entry->d_name, &list, err);
	if (dir)
		(void)closedir(dir);
	if (rc < 0) {
		string_list_free(list);
		return rc;
	}
	qsort(list, string_list_count(list), sizeof *list, order);
	*ret = list;
	return 0;
}

const struct exercise_language *
exercise_language(const struct exercise *exercise, const char *name)
{
	for (size_t i = 0; i < exercise->language_count; i++)
		if (strcmp(exercise->languages[i].name, name) == 0)
			return &exercise->languages[i];
	return NULL;
}

const struct exercise_variant *
language_variant(const struct exercise_language *language, const char *name)
{
	for (size_t i = 0; i < language->variant_count; i++)
		if (strcmp(language->variants[i].name, name) == 0)
			return &language->variants[i];
	return NULL;
}

const struct exercise_test *exercise_test(const struct exercise *exercise,
					  const char *id)
{
	for (size_t i = 0; i < exercise->test_count; i++)
		if (strcmp(exercise->tests[i].id, id) == 0)
			return &exercise->tests[i];
	return NULL;
}

char *const *exercise_questions(const struct exercise *exercise,
				const struct exercise_test *test)
{
	if (test->questions)
		return test->questions;
	for (size_t i = 0; i < exercise->test_count; i++) {
		const struct exercise_test *other = &exercise->tests[i];

		if (other->questions &&
		    strcmp(other->property, test->property) == 0)
			return other->questions;
	}
	return NULL;
}

bool exercise_is_explored(const char *name)
{
	return strcmp(name, EXERCISE_EXPLORE) == 0;
}

bool exercise_has_explored(const struct exercise *exercise)
{
	for (size_t i = 0; i < exercise->language_count; i++)
		if (language_variant(&exercise->languages[i], EXERCISE_EXPLORE))
			return true;
	return false;
}

bool exercise_has_dialogue(const struct exercise *exercise)
{
	for (size_t i = 0; i < exercise->language_count; i++)
		for (size_t j = 0; j < exercise->languages[i].variant_count;
		     j++)
			if (exercise->languages[i].variants[j].dialogue)
				return true;
	return false;
}

void string_list_free(string_list list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

size_t string_list_count(char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

bool string_list_has(char *const *list, const char *string)
{
	for (; list && *list; list++)
		if (strcmp(*list, string) == 0)
			return true;
	return false;
}
