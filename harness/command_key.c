#include "command_key.h"

#include <stdio.h>

#include <assay/cleanup.h>

#include "command.h"

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
