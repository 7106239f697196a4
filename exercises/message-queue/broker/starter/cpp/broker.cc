// broker.cc - a message broker: JSON lines on standard input and output. See
// README.md.
#include <iostream>
#include <string>

#include <jansson.h>

int main()
{
	std::string text;

	while (std::getline(std::cin, text)) {
		json_t *line = json_loadb(text.data(), text.size(), 0, nullptr);
		std::string op = json_string_value(json_object_get(line, "op"));

		if (op == "sync")
			std::cout << "{\"op\":\"synced\",\"n\":"
				  << json_integer_value(
					     json_object_get(line, "n"))
				  << "}" << std::endl;
		json_decref(line);
	}
	return 0;
}
