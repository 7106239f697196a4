#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static json_int_t load(void)
{
	json_int_t sum = 0;
	FILE *file = fopen("state/sum", "r");

	if (file) {
		(void)!fscanf(file, "%" JSON_INTEGER_FORMAT, &sum);
		fclose(file);
	}
	return sum;
}

static void store(json_int_t sum)
{
	FILE *file = fopen("state/new", "w");

	fprintf(file, "%" JSON_INTEGER_FORMAT, sum);
	fflush(file);
	fsync(fileno(file));
	fclose(file);
	rename("state/new", "state/sum");
}

int main(void)
{
	json_int_t sum = load();
	char line[256];

	while (fgets(line, sizeof line, stdin)) {
		json_t *request = json_loads(line, 0, NULL);

		sum += json_integer_value(json_object_get(request, "add"));
		json_decref(request);
		store(sum);
		printf("{\"sum\": %" JSON_INTEGER_FORMAT "}\n", sum);
		fflush(stdout);
	}
	return 0;
}
