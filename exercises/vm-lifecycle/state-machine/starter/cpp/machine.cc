// machine.cc - the life of virtual machines. See README.md and actions.h.
#include <iostream>
#include <string>

#include <jansson.h>

#include "actions.h"

int main()
{
	std::string input;

	while (std::getline(std::cin, input)) {
		json_t *line = json_loads(input.c_str(), 0, nullptr);
		// Here it is up to you.
		json_decref(line);
	}
	return 0;
}
