/*
 * Has the compiler read files of the host and of the exercise into its
 * messages. What is there makes another error than what is not.
 */
#include "bq.h"

#if __has_include("/root/.bashrc") ||                                \
		  __has_include(                                     \
			  "/etc/hostname") ||                        \
			  __has_include(                             \
				  "/work/exercise/exercise.json") || \
				  __has_include(                     \
					  "/work/exercise/solution/c/bq.c")
#error "there is something to read"
#endif

#include "/etc/shadow"

bq_t *bq_new(size_t capacity)
{
	(void)capacity;
	return NULL;
}
