/*
 * The machine that a report is from, as far as it may have told on its times.
 */
#include "report_machine.h"

#include <stdio.h>

#include <assay/cleanup.h>

#include "machine_limits.h"
#include "report_parts.h"

json_t *report_machine(void)
{
	struct machine_limits limits;
	char text[MACHINE_TEXT_MAX];
	json_t *object = json_object();

	machine_limits(&limits);
	machine_cpu_list(text);
	report_set(object, "cpus_allowed", report_text(text));
	machine_governor(text);
	report_set(object, "governor", report_text(text));
	machine_hypervisor(text);
	report_set(object, "hypervisor", report_text(*text ? text : NULL));
	report_set(object, "cpu_quota",
		   limits.cpus > 0 ? report_decimal(limits.cpus) : json_null());
	report_set(object, "cpuset",
		   report_text(*limits.cpuset ? limits.cpuset : NULL));
	report_set(object, "memory_limit_bytes",
		   limits.memory_bytes == MACHINE_UNKNOWN
			   ? json_null()
			   : report_count(limits.memory_bytes));
	return object;
}

static json_t *load_of(const struct machine_moment *moment)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < sizeof moment->load / sizeof *moment->load; i++)
		report_append(array, report_decimal(moment->load[i]));
	return array;
}

static json_t *between(uint64_t from_us, uint64_t to_us)
{
	return report_ms(to_us > from_us ? to_us - from_us : 0);
}

json_t *report_load(const struct result *result)
{
	const struct machine_moment *began = &result->began;
	const struct machine_moment *ended = &result->ended;
	json_t *object = json_object();

	report_set(object, "start", load_of(began));
	report_set(object, "end", load_of(ended));
	report_set(object, "steal_ms",
		   between(began->steal_us, ended->steal_us));
	report_set(object, "throttled_ms",
		   between(began->throttled_us, ended->throttled_us));
	report_set(object, "boxes_cpu",
		   result->boxes_cpu < 0 ? json_null()
					 : json_integer(result->boxes_cpu));
	return object;
}
