/*
 * report_machine.h - what of the machine stands beside a report's times
 */
#ifndef ASSAY_REPORT_MACHINE_H
#define ASSAY_REPORT_MACHINE_H

#include <jansson.h>

#include "result.h"

/** What stays as it is: CPUs, governor, hypervisor, limits of a container. */
json_t *report_machine(void);

/** What it was doing while a submission was judged. */
json_t *report_load(const struct result *result);

#endif
