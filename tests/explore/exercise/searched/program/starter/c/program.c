#include <assay/scenario.h>
#include <stddef.h>

static void run(void)
{
	scenario_require(0, "something is written here");
}

const struct scenario scenarios[] = {
	{ "main", run },
	{ NULL, NULL },
};
