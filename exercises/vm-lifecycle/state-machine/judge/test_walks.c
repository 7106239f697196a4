/* test_walks.c - the properties that a walk tries; see tests.h */
#include "tests.h"

#include "walk.h"

/* What machines do most; the rest of the table is for test_sequences(). */
#define DAILY "start stop pause unpause suspend resume soft_reboot hard_reboot"

void test_sequences(struct writer *writer)
{
	walk(writer, &(struct mix){ .act = 30,
				    .preempt = 8,
				    .done = 56,
				    .fail = 6,
				    .actions = DAILY
				    " rescue unrescue resize confirm_resize"
				    " revert_resize live_migrate"
				    " live_migrate_force_complete"
				    " live_migrate_abort shelve shelve_offload"
				    " unshelve snapshot backup rebuild evacuate"
				    " soft_delete restore",
				    .interrupts = "hard_reboot"
						  " live_migrate_force_complete"
						  " live_migrate_abort",
				    .host_fails = true });
}

void test_stale(struct writer *writer)
{
	walk(writer, &(struct mix){ .act = 25,
				    .preempt = 10,
				    .done = 30,
				    .fail = 5,
				    .doubled = 10,
				    .stale = 15,
				    .made_up = 5,
				    .actions = DAILY " evacuate snapshot",
				    .interrupts = "hard_reboot evacuate",
				    .host_fails = true });
}

void test_commit(struct writer *writer)
{
	walk(writer, &(struct mix){ .act = 20,
				    .done = 35,
				    .check = 25,
				    .commit = 20,
				    .actions = DAILY });
}
