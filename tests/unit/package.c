/*
 * package.c - see package.h
 */
#include "package.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <assay/cleanup.h>

const char package_manifest[] =
	"{\n"
	"  \"format\": 1,\n"
	"  \"id\": \"demo/adder\",\n"
	"  \"version\": \"1.2.3\",\n"
	"  \"title\": \"Adder\",\n"
	"  \"summary\": \"Adds.\",\n"
	"  \"topics\": [\"sums\"],\n"
	"  \"qualifications\": [\"knows C\"],\n"
	"  \"time_box_minutes\": 30,\n"
	"  \"limits\": {\"cpu_ms\": 2000, \"wall_ms\": 4000,\n"
	"    \"memory_mib\": 64, \"processes\": 8, \"open_files\": 32,\n"
	"    \"file_mib\": 1, \"output_kib\": 64, \"stack_kib\": 8192},\n"
	"  \"build_limits\": {\"cpu_ms\": 20000, \"wall_ms\": 40000,\n"
	"    \"memory_mib\": 512, \"processes\": 32, \"open_files\": 64,\n"
	"    \"file_mib\": 16, \"output_kib\": 256, \"stack_kib\": 8192},\n"
	"  \"languages\": {\"c\": {\n"
	"    \"submit\": {\"required\": [\"add.c\"],\n"
	"               \"optional\": [\"src/extra.c\"]},\n"
	"    \"owned\": [\"add.h\"],\n"
	"    \"variants\": {\n"
	"      \"release\": {\"build\": [[\"gcc\", \"-O2\", \"add.c\"]],\n"
	"                  \"run\": [\"/work/program\"]},\n"
	"      \"tsan\": {\"prepare\": [[\"gcc\", \"driver.c\"]],\n"
	"               \"build\": [[\"gcc\", \"add.c\"], [\"true\"]],\n"
	"               \"run\": [\"/work/program\"],\n"
	"               \"env\": {\"TSAN_OPTIONS\": \"exitcode=66\"}}}}},\n"
	"  \"judge\": {\"build\": [[\"gcc\", \"judge.c\"]],\n"
	"            \"run\": [\"/work/judge\"], \"driver\": [\"driver.c\"]},\n"
	"  \"tests\": [\n"
	"    {\"id\": \"sums\", \"title\": \"Sums\", \"category\": "
	"\"basics\",\n"
	"     \"property\": \"1 and 1 is 2.\", \"points\": 60,\n"
	"     \"visibility\": \"public\", \"variant\": \"release\"},\n"
	"    {\"id\": \"races\", \"title\": \"Races\", \"category\": "
	"\"races\",\n"
	"     \"property\": \"There are none.\", \"points\": 40,\n"
	"     \"visibility\": \"hidden\", \"variant\": \"tsan\",\n"
	"     \"depends_on\": [\"sums\"], \"repeat\": 3, \"baseline\": true,\n"
	"     \"measured\": true, \"history_kib\": 4,\n"
	"     \"params\": {\"threads\": 4}, \"limits\": {\"cpu_ms\": 9000}}],\n"
	"  \"caps\": [{\"tests\": [\"races\"], \"when\": [\"crash\", "
	"\"fail\"],\n"
	"            \"points\": 50, \"why\": \"A race is a bug.\"}],\n"
	"  \"rubric\": [{\"id\": \"design\", \"title\": \"Design\",\n"
	"    \"marks\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}],\n"
	"  \"mutants\": [{\"name\": \"off-by-one\", \"fails\": \"sums\",\n"
	"               \"why\": \"It adds one too many.\"}]\n"
	"}\n";

/* What the package has besides exercise.json. */
static const struct {
	const char *name, *text;
} package_files[] = {
	{ "kit/kit.h", "int kit(void);\n" },
	{ "kit/kit.c", "int kit(void) { return 0; }\n" },
	{ "kit/README.md", "not C\n" },
	{ "demo/adder/README.md", "# Adder\n" },
	{ "demo/adder/judge/judge.c", "int main(void) { return 0; }\n" },
	{ "demo/adder/judge/driver.c", "int main(void) { return 0; }\n" },
	{ "demo/adder/starter/c/add.c",
	  "#include \"add.h\"\nint add(int a, int b) { return 0; }\n" },
	{ "demo/adder/starter/c/add.h", "int add(int a, int b);\n" },
	{ "demo/adder/solution/c/add.c",
	  "#include \"add.h\"\nint add(int a, int b) { return a + b; }\n" },
	{ "demo/adder/solution/c/src/extra.c", "static int extra;\n" },
	{ "demo/adder/mutants/off-by-one/add.c",
	  "#include \"add.h\"\nint add(int a, int b) { return a + b + 1; }\n" },
};

char *folder_new(void)
{
	char *folder = strdup("/tmp/assay-test-XXXXXX");

	CHECK(folder != NULL);
	CHECK(mkdtemp(folder) != NULL);
	return folder;
}

static int remove_one(const char *path, const struct stat *info, int type,
		      struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

void folder_remove(char *folder)
{
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

char *folder_path(const char *folder, const char *name)
{
	char *path = NULL;

	CHECK(asprintf(&path, "%s/%s", folder, name) > 0);
	return path;
}

void folder_write(const char *folder, const char *name, const char *text)
{
	AUTO_FREE char *path = folder_path(folder, name);
	FILE *file;

	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "we");
	CHECK(file != NULL);
	CHECK(fputs(text, file) >= 0);
	CHECK(fclose(file) == 0);
}

char *folder_read(const char *folder, const char *name)
{
	AUTO_FREE char *path = folder_path(folder, name);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	char *text;

	if (fd < 0)
		return NULL;
	CHECK(fstat(fd, &info) == 0);
	text = calloc((size_t)info.st_size + 1, 1);
	CHECK(text != NULL);
	CHECK(read(fd, text, (size_t)info.st_size) == info.st_size);
	return text;
}

void package_make(const char *root)
{
	folder_write(root, "demo/adder/exercise.json", package_manifest);
	for (size_t i = 0; i < sizeof package_files / sizeof *package_files;
	     i++)
		folder_write(root, package_files[i].name,
			     package_files[i].text);
}

char *package_edit(const char *from, const char *to)
{
	const char *at = strstr(package_manifest, from);
	char *text = NULL;

	CHECK(at != NULL);
	CHECK(asprintf(&text, "%.*s%s%s", (int)(at - package_manifest),
		       package_manifest, to, at + strlen(from)) > 0);
	return text;
}
