#include "command_key.h"

#include <stdio.h>
#include <stdlib.h>

#include <assay/cleanup.h>

#include "command.h"
#include "text.h"

int command_key(const char *name, struct key *key, bool *has)
{
	AUTO_FREE char *path = key_path();
	struct error err = { .text = "there is no HOME" };

	*has = path && key_load(path, key, &err) == 0;
	if (*has)
		return COMMAND_DONE;
	if (key_is_named())
		return command_input(name, err.code, "ASSAY_KEY: %s", err.text);
	(void)fprintf(stderr,
		      "assay %s: reports are not signed: %s (ASSAY_KEY names "
		      "another key)\n",
		      name, err.text);
	return COMMAND_DONE;
}

static char *own_public(void)
{
	AUTO_FREE char *path = key_path();

	return path ? text_format("%s.pub", path) : NULL;
}

int command_key_public(const char *name, const char *option, const char *key,
		       unsigned char public[KEY_PUBLIC_BYTES])
{
	AUTO_FREE char *own = key ? NULL : own_public();
	struct error err = { 0 };

	if (!key && !own)
		return command_usage(name,
				     "%s: there is no key to compare with; "
				     "--key names one",
				     option);
	if (key_public_load(key ? key : own, public, &err) < 0)
		return command_input(
			name, err.code, "%s: the grader's public key: %s%s",
			option, err.text, key ? "" : " (--key names another)");
	return 0;
}
