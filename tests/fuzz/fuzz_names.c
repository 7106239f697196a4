/*
 * fuzz_names.c - what a candidate is called, and texts without it
 *
 * A name, a table of names and a text, each ended by a NUL.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "names.h"
#include "names_list.h"

#define ALONE_MIN 5 /* letters, see names.h */

/* One word of so many ASCII letters, which is found wherever it is. */
static bool is_plain(const char *name)
{
	size_t size = strlen(name);

	return size >= ALONE_MIN && size < 20 &&
	       strspn(name, "bcdfghjkmpqvwxz") == size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	AUTO_FREE char *name = fuzz_string(&input);
	AUTO_FREE char *table = fuzz_string(&input);
	AUTO_FREE char *text = fuzz_string(&input);
	AUTO_FREE char *hidden = NULL, *words = NULL;
	struct names_list *list = names_list_parse(table, strlen(table));
	struct names *names = names_new();

	names_add(names, name);
	(void)names_list_learn(list, "a", names);
	names_add_tags(names, text);
	words = names_words(names);
	fuzz_check_utf8(words);
	hidden = names_hide(names, text, "Candidate 7F3K");
	if (is_plain(name))
		CHECK(!strcasestr(hidden, name));
	names_list_free(list);
	names_free(names);
	return 0;
}
