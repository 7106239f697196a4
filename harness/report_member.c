#include "report_member.h"

#include <string.h>

const char *report_string_or(const json_t *object, const char *key,
			     const char *otherwise)
{
	const char *string = json_string_value(json_object_get(object, key));

	return string ? string : otherwise;
}

const char *report_string(const json_t *object, const char *key)
{
	return report_string_or(object, key, "");
}

double report_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

bool report_is(const json_t *object, const char *key, const char *string)
{
	return strcmp(report_string(object, key), string) == 0;
}
