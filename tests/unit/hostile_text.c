#include "hostile_text.h"

#include <string.h>

static const char *const texts[HOSTILE_TEXTS] = {
	"<script>window.ran=1</script>",
	"\"><img src=x onerror=\"window.ran=1\">",
	"' onmouseover='window.ran=1' x='",
	"</style><script>window.ran=1</script><style>",
	"</title><svg onload=window.ran=1>",
	"javascript:window.ran=1",
	"--><!--<script>window.ran=1//",
	"&lt;script&gt;window.ran=1&#60;/script&#62; &amp; ]]>",
	"\xe2\x80\xae gnp.exe \xe2\x81\xa6 \xe2\x80\x8f \xe2\x80\x8b",
	"\033[2J\033[31mred\x07 \x7f \xc2\x9b",
	"//host.invalid/x ../../x data:text/html,<script>window.ran=1</script>",
	"{{7*7}} ${7*7} <%= 7*7 %> =cmd|' /C calc'!A0",
};

const char *hostile_text(size_t index)
{
	return texts[index % HOSTILE_TEXTS];
}

static bool is_spared(const char *key)
{
	return strcmp(key, "status") == 0 || strcmp(key, "visibility") == 0 ||
	       strcmp(key, "whose") == 0 || strcmp(key, "unit") == 0;
}

void hostile_spread(json_t *value, size_t *turn, bool keys)
{
	const char *key;
	json_t *part;
	size_t i;

	json_object_foreach (value, key, part) {
		if (is_spared(key))
			continue;
		if (json_is_string(part))
			json_string_set(part, hostile_text((*turn)++));
		hostile_spread(part, turn, keys);
	}
	json_array_foreach (value, i, part) {
		if (json_is_string(part))
			json_string_set(part, hostile_text((*turn)++));
		hostile_spread(part, turn, keys);
	}
	if (keys && json_is_object(value)) {
		key = hostile_text((*turn)++);
		json_object_set_new(value, key, json_string(key));
	}
}
