/*
 * exercise_languages.c - the keys "languages" and "judge" of exercise.json
 *
 * From the leaves to the trunk, see exercise_manifest.c.
 */
#include "exercise_manifest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <assay/cleanup.h>

#define DRIVER_FILES_MAX 32
#define PATHS_MAX 64
#define ENV_MAX 32
#define MAIN_FILE "@main" /* stands for the first required file */

static void read_commands(const struct place *up, const char *key, size_t min,
			  struct exercise_command **commands, size_t *count)
{
	struct place list = manifest_list(up, key, min, EXERCISE_COMMANDS_MAX);
	size_t size = manifest_count(&list);

	if (!manifest_ok(up))
		return;
	*commands = manifest_need(up, calloc(size + 1, sizeof **commands));
	*count = *commands ? size : 0;
	for (size_t i = 0; i < *count; i++) {
		struct place at = manifest_at(&list, i);

		manifest_texts_at(&at, 1, BOX_ARGS_MAX, &(*commands)[i].argv);
	}
}

static bool env_name_ok(const char *name)
{
	return *name && !isdigit((unsigned char)*name) &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
		       strlen(name);
}

/* An object of strings as "NAME=value" each. */
static void read_env(const struct place *up, string_list *ret)
{
	struct place env = manifest_object(up, "env", 0, ENV_MAX);
	size_t size = manifest_count(&env), used = 0;
	string_list list = manifest_need(up, calloc(size + 1, sizeof *list));
	const char *name;
	json_t *value;

	*ret = list;
	json_object_foreach (env.json, name, value) {
		AUTO_FREE char *text = NULL;

		if (!env_name_ok(name))
			manifest_fail(&env,
				      "\"%s\": expected a name of capital "
				      "letters, digits and _",
				      name);
		manifest_text(&env, name, &text);
		if (!manifest_ok(up))
			return;
		if (asprintf(&list[used], "%s=%s", name, text) < 0)
			list[used] = manifest_need(up, NULL);
		used++;
	}
}

static void read_variant(const struct place *at,
			 struct exercise_variant *variant)
{
	static const char *const keys[] = { "prepare?", "build",     "run",
					    "env?",     "dialogue?", NULL };

	manifest_keys(at, keys);
	fileset_init(&variant->prepared);
	read_commands(at, "prepare", 0, &variant->prepare,
		      &variant->prepare_count);
	read_commands(at, "build", 1, &variant->commands,
		      &variant->command_count);
	/* the keeper stands in front of a dialogue's */
	manifest_texts(at, "run", 1, BOX_ARGS_MAX - 1, &variant->run);
	read_env(at, &variant->env);
	manifest_boolean(at, "dialogue", &variant->dialogue);
	if (variant->dialogue && exercise_is_explored(variant->name))
		manifest_fail(at, "a variant that is searched is no dialogue");
}

/* A name that is a key of @up. */
static char *read_name(const struct place *up, const char *name)
{
	if (!manifest_id_ok(name))
		manifest_fail(up,
			      "\"%s\": expected a name of lower case letters, "
			      "digits and dashes",
			      name);
	return manifest_need(up, strdup(name));
}

static void read_variants(const struct place *up,
			  struct exercise_language *language)
{
	struct place variants = manifest_object(up, "variants", 1,
						EXERCISE_VARIANTS_MAX);
	const char *name;
	json_t *value;

	language->variants = manifest_need(
		up, calloc(EXERCISE_VARIANTS_MAX, sizeof *language->variants));
	json_object_foreach (variants.json, name, value) {
		struct place at = manifest_get(&variants, name);
		struct exercise_variant *variant;

		if (!manifest_ok(up))
			return;
		variant = &language->variants[language->variant_count++];
		variant->name = read_name(&variants, name);
		read_variant(&at, variant);
	}
	if (manifest_ok(up) && !language_variant(language, "release"))
		manifest_fail(&variants, "key \"release\" is missing");
}

/*
 * A file name that submission_read() takes in: what has to be handed in must
 * not be what is never looked at.
 */
static bool file_name_ok(const char *path)
{
	if (!fileset_path_ok(path) || *path == '.' || strstr(path, "/."))
		return false;
	for (; *path; path++)
		if ((unsigned char)*path >= 0x80)
			return false;
	return true;
}

static void read_file_names(const struct place *up, const char *key,
			    const struct exercise_language *language,
			    size_t min, string_list *ret)
{
	struct place at = manifest_get(up, key);
	string_list names = NULL;

	manifest_texts(up, key, min, PATHS_MAX, &names);
	for (size_t i = 0; i < string_list_count(names) && manifest_ok(up);
	     i++) {
		const char *name = names[i];

		if (!file_name_ok(name))
			manifest_fail(&at,
				      "\"%s\": expected a relative, plain "
				      "file name",
				      name);
		if (string_list_has(names + i + 1, name) ||
		    string_list_has(language->required, name) ||
		    string_list_has(language->optional, name))
			manifest_fail(&at, "\"%s\" is named twice", name);
	}
	/* Only now: a list is not to be searched for what it has itself. */
	*ret = names;
}

static void hash_entry(const struct place *entry, char hex[65])
{
	AUTO_FREE char *text = manifest_need(
		entry, json_dumps(entry->json, JSON_COMPACT | JSON_SORT_KEYS));
	unsigned char sum[crypto_hash_sha256_BYTES];

	if (!text)
		return;
	crypto_hash_sha256(sum, (const unsigned char *)text, strlen(text));
	sodium_bin2hex(hex, 65, sum, sizeof sum);
}

/* The variants of a language as languages.json has them for its profile. */
static void read_profile(const struct place *at, json_t *profiles,
			 struct exercise_language *language)
{
	static const char *const keys[] = { "variants", NULL };
	struct place where = manifest_get(at, "profile");
	struct place top = { .key = EXERCISE_PROFILES,
			     .json = profiles,
			     .err = at->err };
	struct place profile, entry;

	manifest_id(at, "profile", &language->profile);
	if (!manifest_ok(at))
		return;
	profile = manifest_get(&top, language->profile);
	entry = manifest_get(&profile, language->name);
	if (!entry.json) {
		manifest_fail(&where,
			      "\"%s\" of \"%s\" is not in " EXERCISE_PROFILES,
			      language->name, language->profile);
		return;
	}
	manifest_keys(&entry, keys);
	read_variants(&entry, language);
	hash_entry(&entry, language->profile_sha256);
}

/* Whether @name has been put in. */
static bool put_main(const struct place *at, string_list argv, const char *name)
{
	bool found = false;

	for (char **word = argv; word && *word; word++)
		if (strcmp(*word, MAIN_FILE) == 0) {
			free(*word);
			*word = manifest_need(at, strdup(name));
			found = true;
		}
	return found;
}

/* What candidates call the file is only known to the exercise. An interpreter
 * shall speak of it by that name, too. */
static void put_main_everywhere(const struct place *at,
				struct exercise_variant *variant,
				const char *name)
{
	for (size_t i = 0; i < variant->command_count; i++)
		(void)put_main(at, variant->commands[i].argv, name);
	if (!put_main(at, variant->run, name))
		name = "program";
	variant->program = manifest_need(at, strdup(name));
}

static void read_language(const struct place *at, json_t *profiles,
			  struct exercise_language *language)
{
	static const char *const keys[] = { "submit", "owned?", "variants?",
					    "profile?", NULL };
	static const char *const submit_keys[] = { "required", "optional",
						   NULL };
	struct place submit = manifest_get(at, "submit");

	manifest_keys(at, keys);
	manifest_keys(&submit, submit_keys);
	read_file_names(&submit, "required", language, 1, &language->required);
	read_file_names(&submit, "optional", language, 0, &language->optional);
	read_file_names(at, "owned", language, 0, &language->owned);
	if (!json_object_get(at->json, "variants") ==
	    !json_object_get(at->json, "profile"))
		manifest_fail(at, "expected one of the keys \"variants\" and "
				  "\"profile\"");
	if (json_object_get(at->json, "profile"))
		read_profile(at, profiles, language);
	else
		read_variants(at, language);
	for (size_t i = 0; i < language->variant_count && manifest_ok(at); i++)
		put_main_everywhere(at, &language->variants[i],
				    language->required[0]);
}

void exercise_languages_read(const struct place *top, json_t *profiles,
			     struct exercise *exercise)
{
	struct place languages = manifest_object(top, "languages", 1,
						 EXERCISE_LANGUAGES_MAX);
	const char *name;
	json_t *value;

	exercise->languages = manifest_need(
		top,
		calloc(EXERCISE_LANGUAGES_MAX, sizeof *exercise->languages));
	json_object_foreach (languages.json, name, value) {
		struct place at = manifest_get(&languages, name);
		struct exercise_language *language;

		if (!manifest_ok(top))
			return;
		language = &exercise->languages[exercise->language_count++];
		language->name = read_name(&languages, name);
		read_language(&at, profiles, language);
	}
}

void exercise_judge_read(const struct place *top, struct exercise *exercise)
{
	static const char *const keys[] = { "build", "run", "driver?", NULL };
	struct place at = manifest_get(top, "judge");

	manifest_keys(&at, keys);
	manifest_texts(&at, "driver", 0, DRIVER_FILES_MAX,
		       &exercise->driver_files);
	read_commands(&at, "build", 1, &exercise->judge_commands,
		      &exercise->judge_command_count);
	manifest_texts(&at, "run", 1, BOX_ARGS_MAX, &exercise->judge_run);
}
