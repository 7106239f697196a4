/* test_delete.c - a delete wins over whatever goes on */
#include "interrupt.h"

void test_delete(struct writer *writer)
{
	static const char *const ways[] = { "delete", "force_delete",
					    "soft_delete", NULL };

	interrupt_all(writer, ways, "h1");
}
