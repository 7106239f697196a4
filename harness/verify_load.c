/*
 * verify_load.c - see verify_load.h
 */
#include "verify_load.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <assay/cleanup.h>

/* It does nothing but take time, so there is nothing that it could hold. */
static _Noreturn void be_busy(pid_t parent)
{
	volatile uint64_t rounds = 0;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	for (;;)
		rounds++;
}

int verify_load_start(struct verify_load *load, unsigned count,
		      struct error *err)
{
	pid_t self = getpid();

	CHECK(count <= VERIFY_LOAD_MAX);
	load->count = 0;
	while (load->count < count) {
		pid_t pid = fork();

		if (pid < 0) {
			int error = errno;

			verify_load_stop(load);
			return error_errno(err, error,
					   "start a process that computes");
		}
		if (pid == 0)
			be_busy(self);
		load->pids[load->count++] = pid;
	}
	return 0;
}

void verify_load_stop(struct verify_load *load)
{
	for (unsigned i = 0; i < load->count; i++)
		(void)kill(load->pids[i], SIGKILL);
	for (unsigned i = 0; i < load->count; i++)
		while (waitpid(load->pids[i], NULL, 0) < 0 && errno == EINTR)
			;
	load->count = 0;
}
