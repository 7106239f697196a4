/*
 * What of a test ended for time at first, see late.h.
 */
#include <assay/cleanup.h>

#include "report_parts.h"
#include "text.h"

static json_t *ms_or_null(uint64_t us)
{
	return us == NOISE_UNKNOWN ? json_null() : report_ms(us);
}

static json_t *why(const struct late_run *late)
{
	const char *words = noise_words(noise_find(&late->noise));
	AUTO_FREE char *text = NULL;

	if (!late->spent)
		return report_text(words);
	text = text_format("%s, but the submission had no more runs alone",
			   words);
	return report_text(text);
}

static json_t *late_entry(const struct late_run *late)
{
	const struct noise *noise = &late->noise;
	json_t *object = json_object();

	report_set(object, "repetition", report_count(late->repetition));
	report_set(object, "seed", report_count(late->seed));
	report_set(object, "status", report_text(verdict_name(late->verdict)));
	report_set(object, "message", report_text(late->message));
	report_set(object, "resources", report_resources(&late->candidate));
	report_set(object, "evidence",
		   late->verdict == VERDICT_FAIL
			   ? report_evidence("judge", "late")
			   : report_box_evidence(&late->candidate));
	report_set(object, "company", json_boolean(noise->company));
	report_set(object, "waited_ms", ms_or_null(noise->waited_us));
	report_set(object, "others_ms", ms_or_null(noise->others_us));
	report_set(object, "why", why(late));
	report_set(object, "alone",
		   late->again ? report_text(verdict_name(late->alone))
			       : json_null());
	return object;
}

json_t *report_late(const struct late_runs *list)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < list->count; i++)
		report_append(array, late_entry(&list->runs[i]));
	return array;
}
