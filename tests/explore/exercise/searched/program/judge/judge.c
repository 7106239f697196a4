/* judge.c - whatever a program says of itself is enough */
#include <string.h>

#include "judge_explore.h"

static bool is_right(void *data, const char *scenario,
		     const struct history *history, char *text, size_t size)
{
	(void)data;
	(void)scenario;
	(void)history;
	(void)text;
	(void)size;
	return true;
}

int main(void)
{
	struct judge *judge = judge_start();

	if (strcmp(judge_test(judge), "builds") == 0)
		judge_pass(judge, 1);
	judge_explore(judge, is_right, NULL, NULL);
}
