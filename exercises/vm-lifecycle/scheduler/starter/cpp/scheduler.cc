// scheduler.cc - places virtual machines on hosts
//
// README.md says what is said and what has to be answered. This much reads
// every line and closes every job in the same way. It is yours: change what you
// like.
#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include <jansson.h>

namespace {

struct Decref {
	void operator()(json_t *value) const
	{
		json_decref(value);
	}
};
using Json = std::unique_ptr<json_t, Decref>;

const std::set<std::string> jobs = { "request", "build_failed", "move",
				     "confirm", "revert" };

void say(Json line)
{
	json_dumpf(line.get(), stdout, JSON_COMPACT);
	std::putchar('\n');
	std::fflush(stdout);
}

// The next line, nothing at the end.
Json hear()
{
	return Json(json_loadf(stdin, JSON_DISABLE_EOF_CHECK, nullptr));
}

} // namespace

int main()
{
	while (Json line = hear()) {
		const char *op = json_string_value(
			json_object_get(line.get(), "op"));

		if (op && jobs.count(op))
			say(Json(json_pack("{s:s, s:O}", "op", "no_valid_host",
					   "id",
					   json_object_get(line.get(),
							   "id"))));
	}
}
