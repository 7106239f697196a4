#include "counter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <assay/cleanup.h>

#include "process.h"
#include "scratch.h"
#include "text.h"

#define EXERCISE "tests/hostile/exercise"
#define SOLUTION EXERCISE "/solution/c"
#define LOCKED "(void)pthread_mutex_lock(&counter->lock);\n"

static void copy(const char *folder, const char *name, const char *from)
{
	AUTO_FREE char *source = source_path(from);
	AUTO_FREE char *to = scratch_path(folder, name);

	scratch_copy(source, to);
}

char *counter_exercises(const char *folder)
{
	copy(folder, "exercises/kit", "exercises/kit");
	copy(folder, "include", "include");
	copy(folder, "exercises/" COUNTER, EXERCISE);
	return text_format("ASSAY_EXERCISES=%s/exercises", folder);
}

/* @with for the first @text of file @name. */
static void edit(const char *folder, const char *name, const char *text,
		 const char *with)
{
	AUTO_FREE char *before = scratch_read(folder, name);
	AUTO_FREE char *after = NULL;
	const char *found = strstr(before, text);

	assert_non_null(found);
	after = text_format("%.*s%s%s", (int)(found - before), before, with,
			    found + strlen(text));
	free(scratch_write(folder, name, after));
}

void counter_edit(const char *folder, const char *text, const char *with)
{
	edit(folder, "exercises/" COUNTER "/exercise.json", text, with);
}

void counter_submission(const char *folder, const char *name, const char *adds)
{
	AUTO_FREE char *file = text_format("%s/counter.c", name);
	AUTO_FREE char *line = text_format("%s" LOCKED, adds);

	copy(folder, name, SOLUTION);
	edit(folder, file, LOCKED, line);
}

void counter_home_make(struct counter_home *home)
{
	home->folder = scratch_new();
	home->exercises = counter_exercises(home->folder);
	home->key = text_format("ASSAY_KEY=%s/key", home->folder);
}

void counter_home_remove(struct counter_home *home)
{
	scratch_remove(home->folder);
	free(home->exercises);
	free(home->key);
}
