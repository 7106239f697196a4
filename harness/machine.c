#include "machine.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <assay/cleanup.h>

#include "machine_limits.h"

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

void machine_cpu_list(char text[MACHINE_TEXT_MAX])
{
	size_t used = 0;
	cpu_set_t cpus;
	size_t i, last;

	text[0] = '\0';
	if (sched_getaffinity(0, sizeof cpus, &cpus) < 0)
		return;
	for (i = 0; i < CPU_SETSIZE && used < MACHINE_TEXT_MAX - 16; i++) {
		if (!CPU_ISSET(i, &cpus))
			continue;
		for (last = i;
		     last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &cpus);
		     last++)
			continue;
		used += (size_t)snprintf(text + used, MACHINE_TEXT_MAX - used,
					 "%s%zu", used > 0 ? "," : "", i);
		if (last > i)
			used += (size_t)snprintf(text + used,
						 MACHINE_TEXT_MAX - used,
						 "-%zu", last);
		i = last;
	}
}

int machine_cpu_at(unsigned index)
{
	cpu_set_t cpus;
	size_t i;

	if (sched_getaffinity(0, sizeof cpus, &cpus) < 0)
		return -1;
	index %= (unsigned)CPU_COUNT(&cpus);
	for (i = 0; !CPU_ISSET(i, &cpus) || index-- > 0; i++)
		continue;
	return (int)i;
}

static bool governor_of(size_t cpu, char *text, size_t size)
{
	char path[96];
	AUTO_CLOSE int fd = -1;
	ssize_t got;

	(void)snprintf(
		path, sizeof path,
		"/sys/devices/system/cpu/cpu%zu/cpufreq/scaling_governor", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, size - 1);
	text[got > 0 ? got : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return *text != '\0';
}

void machine_governor(char text[MACHINE_TEXT_MAX])
{
	char other[MACHINE_TEXT_MAX];
	cpu_set_t cpus;
	bool known = false;
	size_t i;

	CPU_ZERO(&cpus);
	(void)sched_getaffinity(0, sizeof cpus, &cpus);
	for (i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &cpus) ||
		    !governor_of(i, other, sizeof other))
			continue;
		if (known && strcmp(text, other) != 0) {
			(void)snprintf(text, MACHINE_TEXT_MAX, "mixed");
			return;
		}
		(void)snprintf(text, MACHINE_TEXT_MAX, "%s", other);
		known = true;
	}
	if (!known)
		(void)snprintf(text, MACHINE_TEXT_MAX, "unknown");
}

void machine_hypervisor(char text[MACHINE_TEXT_MAX])
{
	text[0] = '\0';
#ifdef __x86_64__
	unsigned eax, name[3] = { 0 }, ecx = 0, rest;
	size_t i;

	/* leaf 1: bit 31 of ECX is set for guests */
	if (!__get_cpuid(1, &eax, &rest, &ecx, &rest) || !(ecx >> 31))
		return;
	__cpuid(0x40000000, eax, name[0], name[1], name[2]);
	memcpy(text, name, sizeof name);
	text[sizeof name] = '\0';
	for (i = 0; text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	if (!*text)
		(void)snprintf(text, MACHINE_TEXT_MAX, "yes");
#endif
}

/* Field 8 of the first line, "cpu  user nice system idle iowait irq softirq
 * steal ...", in clock ticks. */
static uint64_t steal_us(void)
{
	AUTO_CLOSE int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	unsigned long long ticks;
	char text[256];
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (got <= 0)
		return 0;
	text[got] = '\0';
	if (sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
		return 0;
	return ticks * (1000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

void machine_look(struct machine_moment *ret)
{
	*ret = (struct machine_moment){
		.steal_us = steal_us(), .throttled_us = machine_throttled_us()
	};
	(void)getloadavg(ret->load, 3);
}
