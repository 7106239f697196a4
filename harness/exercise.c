/*
 * exercise.c - see exercise.h
 *
 * Loading goes outside in: exercise.json first (exercise_manifest.c), then
 * the folders it speaks of, then what the two say of each other.
 */
#include "exercise.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "exercise_manifest.h"
#include "exercise_mutants.h"
#include "fdio.h"
#include "home.h"

/* What languages.json says to all exercises; NULL: there is none. */
static int read_profiles(const char *root, json_t **ret, struct error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *bytes = NULL;
	AUTO_CLOSE int fd = -1;
	struct place top;
	size_t size;

	if (asprintf(&path, "%s/" EXERCISE_PROFILES, root) < 0) {
		path = NULL;
		return error_set(err, ENOMEM, "out of memory");
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0
				       : error_errno(err, errno, "%s", path);
	bytes = fd_read_all(fd, &size);
	if (!bytes)
		return error_errno(err, errno, "%s", path);
	return manifest_parse(EXERCISE_PROFILES, bytes, size, &top, ret, err);
}

/* Read exercise.json of the package, and its hash into @hex. */
static int read_manifest(struct exercise *exercise, json_t *profiles,
			 char hex[65], struct error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *bytes = NULL;
	AUTO_CLOSE int fd = -1;
	struct fileset set;
	int rc;

	if (asprintf(&path, "%s/" EXERCISE_MANIFEST, exercise->dir) < 0) {
		path = NULL;
		return error_set(err, ENOMEM, "out of memory");
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	fileset_init(&set);
	rc = fileset_add_fd(&set, EXERCISE_MANIFEST, fd, false, err);
	if (rc == 0) {
		memcpy(hex, set.files[0].sha256, 65);
		bytes = file_read(&set.files[0]);
		rc = bytes ? exercise_manifest_read(exercise, profiles, bytes,
						    set.files[0].size, err)
			   : error_set(err, EIO, "%s: cannot be read", path);
	}
	fileset_release(&set);
	return rc;
}

/* Add the folder "@dir/@part/@name". */
static int add_folder(struct fileset *set, const char *prefix, const char *dir,
		      const char *part, const char *name, struct error *err)
{
	AUTO_FREE char *path = NULL;
	int rc;

	if (asprintf(&path, "%s/%s%s", dir, part, name) < 0) {
		path = NULL;
		return error_set(err, ENOMEM, "out of memory");
	}
	rc = fileset_add_folder(set, prefix, path, err);
	return rc < 0 ? error_wrap(err, "%s%s", part, name) : 0;
}

static bool is_c_file(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > 2 &&
	       (strcmp(name + length - 2, ".c") == 0 ||
		strcmp(name + length - 2, ".h") == 0);
}

/*
 * Add the *.c and *.h files of "@root/@part" as "@prefix/NAME". It need not
 * be there: an exercise that uses none of it is complete without.
 */
static int add_c_files(struct fileset *set, const char *prefix,
		       const char *root, const char *part, struct error *err)
{
	char path[PATH_MAX], name[2 * FILESET_PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int rc = 0;

	(void)snprintf(path, sizeof path, "%s/%s", root, part);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0
				       : error_errno(err, errno, "%s", path);
	while (rc == 0 && (entry = readdir(dir))) {
		AUTO_CLOSE int fd = -1;

		if (!is_c_file(entry->d_name))
			continue;
		(void)snprintf(name, sizeof name, "%s/%s", prefix,
			       entry->d_name);
		fd = openat(dirfd(dir), entry->d_name,
			    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		rc = fd < 0 ? error_errno(err, errno, "%s/%s", path,
					  entry->d_name)
			    : fileset_add_fd(set, name, fd, false, err);
	}
	(void)closedir(dir);
	return rc;
}

/* A candidate's code may include whatever is there when it is compiled, so
 * the tests are not. */
static int pick_driver(struct exercise *exercise, struct error *err)
{
	char *const *name;
	int rc = 0;

	for (name = exercise->driver_files; name && *name && rc == 0; name++) {
		AUTO_FREE char *path = NULL;
		const struct file *file;

		if (asprintf(&path, "exercise/judge/%s", *name) < 0) {
			path = NULL;
			return error_set(err, ENOMEM, "out of memory");
		}
		file = fileset_find(&exercise->judge, path);
		if (!file)
			return error_set(err, EINVAL,
					 EXERCISE_MANIFEST
					 ": judge.driver: "
					 "\"%s\" is not in judge/",
					 *name);
		rc = fileset_add_file(&exercise->driver, path, file, err);
	}
	return rc;
}

/* Something that is built with assay, as @name. That it is not installed is
 * told where something is to be built with it: what an exercise is can be said
 * without. */
static int read_built(struct fileset *set, const char *name, const char *path,
		      struct error *err)
{
	AUTO_CLOSE int fd = -1;
	int rc;

	if (!path)
		return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0
				       : error_errno(err, errno, "%s", path);
	rc = fileset_add_fd(set, name, fd, false, err);
	return rc < 0 ? error_wrap(err, "%s", path) : 0;
}

static int read_files(struct exercise *exercise, const char *root,
		      struct error *err)
{
	int rc = add_folder(&exercise->judge, "exercise/judge", exercise->dir,
			    "judge", "", err);

	if (rc == 0)
		rc = pick_driver(exercise, err);
	if (rc == 0)
		rc = add_c_files(&exercise->kit, "kit", root, "kit", err);
	if (rc == 0)
		rc = add_c_files(&exercise->kit, "include/assay", root,
				 "../include/assay", err);
	if (rc == 0 && exercise_has_explored(exercise))
		rc = read_built(&exercise->explore, "explore/explore.o",
				home_explore(), err);
	if (rc == 0 && exercise_has_dialogue(exercise))
		rc = read_built(&exercise->keeper, "keeper", home_keeper(),
				err);
	if (rc == 0)
		rc = read_built(&exercise->library, "kit/libjudge.a",
				home_judge_library(), err);
	for (size_t i = 0; rc == 0 && i < exercise->language_count; i++) {
		struct exercise_language *language = &exercise->languages[i];

		rc = add_folder(&language->starter, "", exercise->dir,
				"starter/", language->name, err);
		if (rc == 0)
			rc = add_folder(&language->solution, "", exercise->dir,
					"solution/", language->name, err);
	}
	return rc;
}

static int check_has(const struct fileset *set, const char *folder,
		     const struct exercise_language *language,
		     char *const *names, const char *list, struct error *err)
{
	for (size_t i = 0; i < string_list_count(names); i++)
		if (!fileset_find(set, names[i]))
			return error_set(err, EINVAL,
					 EXERCISE_MANIFEST
					 ": languages.%s.%s: \"%s\" is not in "
					 "%s/%s",
					 language->name, list, names[i], folder,
					 language->name);
	return 0;
}

/* "assay start" makes these itself, next to the starter's files. */
static int check_reserved(const struct exercise_language *language,
			  struct error *err)
{
	static const char *const names[] = { "README.md",
					     "compile_commands.json" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (fileset_find(&language->starter, names[i]))
			return error_set(err, EINVAL,
					 "starter/%s: %s is not the starter's "
					 "to bring",
					 language->name, names[i]);
	return 0;
}

/* What exercise.json says must be in the folders is there. */
static int check_files(const struct exercise *exercise, struct error *err)
{
	AUTO_FREE char *statement = NULL;
	int rc = 0;

	if (asprintf(&statement, "%s/README.md", exercise->dir) < 0) {
		statement = NULL;
		return error_set(err, ENOMEM, "out of memory");
	}
	if (access(statement, R_OK) < 0)
		return error_set(err, EINVAL,
				 "README.md: the statement is missing");
	for (size_t i = 0; rc == 0 && i < exercise->language_count; i++) {
		const struct exercise_language *it = &exercise->languages[i];

		rc = check_has(&it->starter, "starter", it, it->required,
			       "submit.required", err);
		if (rc == 0)
			rc = check_has(&it->starter, "starter", it, it->owned,
				       "owned", err);
		if (rc == 0)
			rc = check_has(&it->solution, "solution", it,
				       it->required, "submit.required", err);
		if (rc == 0)
			rc = check_reserved(it, err);
	}
	return rc;
}

static void hash_line(crypto_hash_sha256_state *hash, const char *what,
		      const char *name, const char *hex)
{
	char line[FILESET_PATH_MAX + 128];
	int length = snprintf(line, sizeof line, "%s %s %s\n", what, name, hex);

	CHECK(length > 0 && (size_t)length < sizeof line);
	crypto_hash_sha256_update(hash, (unsigned char *)line,
				  (unsigned long long)length);
}

static void hash_set(crypto_hash_sha256_state *hash, const char *what,
		     const char *name, const struct fileset *set)
{
	char hex[65];

	fileset_digest(set, hex);
	hash_line(hash, what, name, hex);
}

/*
 * SHA-256 over lines "WHAT NAME SHA256\n": exercise.json, the sets judge, kit
 * and, where a variant is linked with it, explore (see fileset_digest), then
 * for each language the owned files of its starter and the set of its solution.
 * The rest of a starter, the statement and the mutants can change no verdict.
 */
static void digest(struct exercise *exercise, const char manifest_hex[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;

	crypto_hash_sha256_init(&hash);
	hash_line(&hash, "file", EXERCISE_MANIFEST, manifest_hex);
	hash_set(&hash, "set", "judge", &exercise->judge);
	hash_set(&hash, "set", "kit", &exercise->kit);
	if (exercise_has_explored(exercise))
		hash_set(&hash, "set", "explore", &exercise->explore);
	for (size_t i = 0; i < exercise->language_count; i++) {
		const struct exercise_language *it = &exercise->languages[i];

		if (it->profile)
			hash_line(&hash, "profile", it->name,
				  it->profile_sha256);
		for (size_t j = 0; j < string_list_count(it->owned); j++)
			hash_line(&hash, it->name, it->owned[j],
				  fileset_find(&it->starter, it->owned[j])
					  ->sha256);
		hash_set(&hash, "solution", it->name, &it->solution);
	}
	crypto_hash_sha256_final(&hash, sum);
	sodium_bin2hex(exercise->digest, sizeof exercise->digest, sum,
		       sizeof sum);
}

static int load(struct exercise *exercise, const char *root, struct error *err)
{
	json_auto_t *profiles = NULL;
	char manifest_hex[65];
	int rc = read_profiles(root, &profiles, err);

	if (rc == 0)
		rc = read_manifest(exercise, profiles, manifest_hex, err);
	if (rc == 0)
		rc = read_files(exercise, root, err);
	if (rc == 0)
		rc = check_files(exercise, err);
	if (rc == 0)
		rc = exercise_mutants_load(exercise, err);
	if (rc == 0)
		digest(exercise, manifest_hex);
	return rc;
}

/* What is wrong inside a package is the package's being broken. */
static int as_broken(int rc, struct error *err)
{
	switch (-rc) {
	case ENOENT:
	case ENOTDIR:
	case EEXIST:
	case E2BIG:
	case ELOOP:
	case ENAMETOOLONG:
		err->code = EINVAL;
		return -EINVAL;
	default:
		return rc;
	}
}

int exercise_load(const char *root, const char *id, struct exercise **ret,
		  struct error *err)
{
	AUTO_FREE char *real = realpath(root, NULL);
	struct error ignored;
	struct exercise *exercise;
	int rc;

	if (!err)
		err = &ignored;
	if (!real)
		return error_errno(err, errno, "%s", root);
	if (!exercise_id_ok(id))
		return error_set(err, ENOENT,
				 "not the id of an exercise, TOPIC/NAME");
	if (!exercise_is_at(real, id))
		return error_set(err, ENOENT, "no exercise %s in %s", id, real);
	exercise = calloc(1, sizeof *exercise);
	if (!exercise)
		return error_set(err, ENOMEM, "out of memory");
	exercise->id = strdup(id);
	if (asprintf(&exercise->dir, "%s/%s", real, id) < 0)
		exercise->dir = NULL;
	rc = exercise->id && exercise->dir
		     ? load(exercise, real, err)
		     : error_set(err, ENOMEM, "out of memory");
	if (rc < 0) {
		exercise_free(exercise);
		return as_broken(rc, err);
	}
	*ret = exercise;
	return 0;
}

static void commands_free(struct exercise_command *commands, size_t count)
{
	for (size_t i = 0; i < count; i++)
		string_list_free(commands[i].argv);
	free(commands);
}

static void language_release(struct exercise_language *language)
{
	for (size_t i = 0; i < language->variant_count; i++) {
		struct exercise_variant *variant = &language->variants[i];

		free(variant->name);
		commands_free(variant->commands, variant->command_count);
		commands_free(variant->prepare, variant->prepare_count);
		fileset_release(&variant->prepared);
		string_list_free(variant->run);
		free(variant->program);
		string_list_free(variant->env);
	}
	free(language->variants);
	free(language->name);
	free(language->profile);
	string_list_free(language->required);
	string_list_free(language->optional);
	string_list_free(language->owned);
	fileset_release(&language->starter);
	fileset_release(&language->solution);
}

static void test_release(struct exercise_test *test)
{
	free(test->id);
	free(test->title);
	free(test->category);
	free(test->property);
	free(test->why);
	free(test->variant);
	string_list_free(test->depends_on);
	string_list_free(test->questions);
	json_decref(test->params);
}

static void lists_free(struct exercise *exercise)
{
	for (size_t i = 0; i < exercise->language_count; i++)
		language_release(&exercise->languages[i]);
	for (size_t i = 0; i < exercise->test_count; i++)
		test_release(&exercise->tests[i]);
	for (size_t i = 0; i < exercise->cap_count; i++) {
		string_list_free(exercise->caps[i].tests);
		free(exercise->caps[i].why);
	}
	for (size_t i = 0; i < exercise->mutant_count; i++) {
		free(exercise->mutants[i].name);
		free(exercise->mutants[i].fails);
		free(exercise->mutants[i].why);
		fileset_release(&exercise->mutants[i].files);
	}
	free(exercise->languages);
	free(exercise->tests);
	free(exercise->caps);
	free(exercise->mutants);
}

void exercise_free(struct exercise *exercise)
{
	if (!exercise)
		return;
	lists_free(exercise);
	free(exercise->dir);
	free(exercise->id);
	free(exercise->version);
	free(exercise->title);
	free(exercise->summary);
	string_list_free(exercise->topics);
	string_list_free(exercise->qualifications);
	commands_free(exercise->judge_commands, exercise->judge_command_count);
	string_list_free(exercise->judge_run);
	json_decref(exercise->rubric);
	fileset_release(&exercise->judge);
	string_list_free(exercise->driver_files);
	fileset_release(&exercise->driver);
	fileset_release(&exercise->kit);
	fileset_release(&exercise->explore);
	fileset_release(&exercise->keeper);
	fileset_release(&exercise->library);
	free(exercise);
}
