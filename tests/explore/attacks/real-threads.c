/*
 * real-threads.c - asks the linker for the C library's own pthread_create(), of
 * which the explorer is not told
 */
#define _GNU_SOURCE
#include "attack.h"

#include <dlfcn.h>

typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *),
		   void *);
typedef int join(pthread_t, void **);

static void run(void)
{
	create *real_create = (create *)dlsym(RTLD_NEXT, "pthread_create");
	join *real_join = (join *)dlsym(RTLD_NEXT, "pthread_join");
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		scenario_require(real_create && real_join &&
					 !real_create(&threads[i], NULL,
						      attack_adder, NULL),
				 "a real thread starts");
	for (int i = 0; i < 2; i++)
		real_join(threads[i], NULL);
}

ATTACK_MAIN(run);
