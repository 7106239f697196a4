/*
 * native.c - a program that runs nothing, so that a submission that only the
 * explorer's build refuses is one that does build otherwise, as it would be in
 * a real exercise; weak, for those that have any of this themselves
 */
#include <assay/scenario.h>

#define WEAK __attribute__((weak))

WEAK void scenario_require(int holds, const char *text)
{
	(void)holds;
	(void)text;
}

WEAK int main(void)
{
	return 0;
}
