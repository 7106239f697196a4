#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "fdio.h"
#include "seed.h"
#include "text.h"

#define HEX_DIGITS (2 * (size_t)KEY_PUBLIC_BYTES)

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool key_is_named(void)
{
	return variable("ASSAY_KEY") != NULL;
}

char *key_path(void)
{
	if (variable("ASSAY_KEY"))
		return text_format("%s", variable("ASSAY_KEY"));
	if (variable("XDG_DATA_HOME"))
		return text_format("%s/assay/key", variable("XDG_DATA_HOME"));
	if (variable("HOME"))
		return text_format("%s/.local/share/assay/key",
				   variable("HOME"));
	return NULL;
}

/* The folders of @path, each for its owner only if it is not there yet. */
static int make_folders(const char *path, struct error *err)
{
	AUTO_FREE char *folder = text_format("%s", path);
	char *slash;

	for (slash = strchr(folder + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST)
			return error_errno(err, errno, "%s", folder);
		*slash = '/';
	}
	return 0;
}

/* Somebody else may be writing the very same there. */
static int write_public(const char *path, const struct key *key,
			struct error *err)
{
	AUTO_FREE char *name = text_format("%s.pub", path);
	AUTO_CLOSE int fd = open(
		name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	char text[HEX_DIGITS + 1];

	sodium_bin2hex(text, sizeof text, key->public, sizeof key->public);
	text[HEX_DIGITS] = '\n';
	if (fd < 0 || fd_write_all(fd, text, sizeof text) < 0 || fsync(fd) < 0)
		return error_errno(err, errno, "%s", name);
	return 0;
}

int key_load(const char *path, struct key *key, struct error *err)
{
	unsigned char seed[SEED_SECRET_BYTES];
	AUTO_FREE char *public = text_format("%s.pub", path);
	int r = access(path, F_OK) == 0 ? 0 : make_folders(path, err);

	if (r == 0)
		r = seed_secret_load(path, seed, err);
	if (r < 0)
		return r;
	(void)crypto_sign_seed_keypair(key->public, key->secret, seed);
	sodium_memzero(seed, sizeof seed);
	return access(public, F_OK) == 0 ? 0 : write_public(path, key, err);
}

void key_clear(struct key *key)
{
	sodium_memzero(key, sizeof *key);
}

static bool parse(const char *text, unsigned char public[KEY_PUBLIC_BYTES])
{
	size_t length = strcspn(text, "\n"), size = 0;

	return length == HEX_DIGITS && (!text[length] || !text[length + 1]) &&
	       sodium_hex2bin(public, KEY_PUBLIC_BYTES, text, length, NULL,
			      &size, NULL) == 0 &&
	       size == KEY_PUBLIC_BYTES;
}

int key_public_load(const char *text, unsigned char public[KEY_PUBLIC_BYTES],
		    struct error *err)
{
	char bytes[HEX_DIGITS + 3];
	AUTO_CLOSE int fd = -1;
	ssize_t got;

	if (sodium_init() < 0)
		return error_set(err, EIO, "libsodium cannot be initialised");
	if (parse(text, public))
		return 0;
	fd = open(text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "%s", text);
	got = read(fd, bytes, sizeof bytes - 1);
	if (got < 0)
		return error_errno(err, errno, "%s", text);
	bytes[got] = '\0';
	if (!parse(bytes, public))
		return error_set(err, EINVAL,
				 "%s: no public key: expected %zu hexadecimal "
				 "digits and nothing else",
				 text, HEX_DIGITS);
	return 0;
}
