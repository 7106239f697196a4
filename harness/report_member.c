#include "report_member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

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

char *report_call(const json_t *call)
{
	char *text = NULL;
	json_t *arg;
	size_t size = 0, i;
	FILE *out;

	if (!json_is_object(call))
		return NULL;
	out = open_memstream(&text, &size);
	ENOUGH(out);
	(void)fprintf(out, "%s(", report_string(call, "name"));
	json_array_foreach (json_object_get(call, "args"), i, arg)
		(void)fprintf(out, "%s%s", i > 0 ? ", " : "",
			      json_string_value(arg) ? json_string_value(arg)
						     : "?");
	(void)fputc(')', out);
	text_stream_close(out, &text);
	return text;
}
