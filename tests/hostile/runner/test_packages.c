/* test_packages.c - what submissions are packed in; see graded.h */
#include "graded.h"

#include <stddef.h>

int main(void)
{
	static const char *const files[] = { "packages", "schema", NULL };

	return graded_run("packages", files);
}
