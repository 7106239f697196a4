/*
 * store_key.c - what a program is made from
 */
#include "store.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "text.h"
#include "version.h"

static void add(crypto_hash_sha256_state *hash, const char *what,
		const char *value)
{
	/* with the NULs, or "ab" "c" would be "a" "bc" */
	crypto_hash_sha256_update(hash, (const unsigned char *)what,
				  strlen(what) + 1);
	crypto_hash_sha256_update(hash, (const unsigned char *)value,
				  strlen(value) + 1);
}

static void add_set(crypto_hash_sha256_state *hash, const char *prefix,
		    const struct fileset *set)
{
	char hex[65];

	if (!set)
		return;
	fileset_digest(set, hex);
	add(hash, prefix, hex);
}

static void add_status(crypto_hash_sha256_state *hash, const char *path)
{
	AUTO_FREE char *text = NULL;
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	text = text_format("%lld %lld.%09ld", (long long)status.st_size,
			   (long long)status.st_mtim.tv_sec,
			   status.st_mtim.tv_nsec);
	add(hash, path, text);
}

/* Where the build's PATH has it, see build_environment(). */
static void add_program(crypto_hash_sha256_state *hash, const char *name)
{
	static const char *const folders[] = { "/usr/local/bin", "/usr/bin",
					       "/bin" };
	size_t i;

	if (strchr(name, '/')) {
		add_status(hash, name);
		return;
	}
	for (i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		AUTO_FREE char *path = text_format("%s/%s", folders[i], name);

		add_status(hash, path);
	}
}

static void add_number(crypto_hash_sha256_state *hash, const char *what,
		       uint64_t number)
{
	AUTO_FREE char *text = text_format("%" PRIu64, number);

	add(hash, what, text);
}

static void add_limits(crypto_hash_sha256_state *hash,
		       const struct box_limits *limits)
{
	add_number(hash, "cpu", limits->cpu_us);
	add_number(hash, "wall", limits->wall_us);
	add_number(hash, "memory", limits->memory_bytes);
	add_number(hash, "processes", limits->processes);
	add_number(hash, "open files", limits->open_files);
	add_number(hash, "file", limits->file_bytes);
	add_number(hash, "output", limits->output_bytes);
	add_number(hash, "stack", limits->stack_bytes);
}

/* Of each of these an upgrade, or who installs something by hand, changes the
 * time. */
static void add_system(crypto_hash_sha256_state *hash)
{
	static const char *const paths[] = {
		"/var/lib/dpkg/status", "/etc/ld.so.cache", "/usr/include",
		"/usr/local/include",   "/usr/local/lib",
	};
	size_t i;

	for (i = 0; i < sizeof paths / sizeof paths[0]; i++)
		add_status(hash, paths[i]);
	add_program(hash, "as");
	add_program(hash, "ld");
}

/* What this program makes of a compiler's words is kept as well. */
static void add_words(crypto_hash_sha256_state *hash,
		      const struct build_request *request)
{
	add_status(hash, "/proc/self/exe");
	add_number(hash, "scan", request->scan);
	add_number(hash, "level", request->level);
}

void store_key(const struct build_request *request, char key[65])
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;
	char **word;
	size_t i;

	crypto_hash_sha256_init(&hash);
	add(&hash, "assay", ASSAY_VERSION);
	for (i = 0; i < request->command_count; i++) {
		add_program(&hash, request->commands[i].argv[0]);
		for (word = request->commands[i].argv; *word; word++)
			add(&hash, "word", *word);
		add(&hash, "end", "");
	}
	add_system(&hash);
	if (request->limits)
		add_limits(&hash, request->limits);
	add(&hash, "folder", request->cwd);
	add(&hash, "program", request->program);
	add_set(&hash, "submission", request->submission);
	add_set(&hash, "tools", request->tools);
	add_set(&hash, "kit", request->kit);
	add_set(&hash, "prepared", request->prepared);
	add_set(&hash, "built", request->built);
	if (request->submission)
		add_words(&hash, request);
	crypto_hash_sha256_final(&hash, sum);
	sodium_bin2hex(key, STORE_KEY_DIGITS + 1, sum, sizeof sum);
}
