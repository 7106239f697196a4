/* test_builds.c - what submissions do to their compiler; see graded.h */
#include "graded.h"

#include <stddef.h>

int main(void)
{
	static const char *const files[] = { "builds", "schema", NULL };

	return graded_run("builds", files);
}
