#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <jansson.h>
#include <string>
#include <unistd.h>

static long long load()
{
	long long sum = 0;
	std::ifstream("state/sum") >> sum;
	return sum;
}

static void store(long long sum)
{
	std::ofstream("state/new") << sum;
	int fd = open("state/new", O_RDONLY);
	fdatasync(fd);
	close(fd);
	rename("state/new", "state/sum");
}

int main()
{
	long long sum = load();
	std::string line;

	while (std::getline(std::cin, line)) {
		json_t *request = json_loads(line.c_str(), 0, nullptr);

		sum += json_integer_value(json_object_get(request, "add"));
		json_decref(request);
		store(sum);
		std::cout << "{\"sum\": " << sum << "}" << std::endl;
	}
}
