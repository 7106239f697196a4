#include "machine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <assay/cleanup.h>

unsigned machine_cpus(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof cpus, &cpus) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&cpus);
}

uint64_t machine_busy_us(void)
{
	AUTO_CLOSE int fd = open("/proc/uptime", O_RDONLY | O_CLOEXEC);
	double up, idle, busy;
	char text[64];
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (got <= 0)
		return MACHINE_UNKNOWN;
	text[got] = '\0';
	if (sscanf(text, "%lf %lf", &up, &idle) != 2)
		return MACHINE_UNKNOWN;
	busy = up * get_nprocs() - idle;
	return busy > 0 ? (uint64_t)(busy * 1e6) : 0;
}
