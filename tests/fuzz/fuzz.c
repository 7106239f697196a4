/*
 * fuzz.c - see fuzz.h
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- every input ---- */

/* What libFuzzer calls, by the linker's --wrap. */
int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void too_slow(int signal)
{
	static const char text[] = "CHECK failed: too slow\n";

	(void)signal;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	abort();
}

static void limit_cpu(time_t seconds)
{
	struct itimerval limit = { .it_value.tv_sec = seconds };

	CHECK(setitimer(ITIMER_PROF, &limit, NULL) == 0);
}

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;

	if (!ready)
		CHECK(signal(SIGPROF, too_slow) != SIG_ERR);
	ready = true;
	limit_cpu(FUZZ_CPU_SECONDS);
	(void)__real_LLVMFuzzerTestOneInput(data, size);
	limit_cpu(0);
	return 0;
}

/* ---- parts ---- */

struct fuzz_input fuzz_input(const uint8_t *data, size_t size)
{
	return (struct fuzz_input){ .at = data, .end = data + size };
}

size_t fuzz_left(const struct fuzz_input *input)
{
	return (size_t)(input->end - input->at);
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

const char *fuzz_bytes(struct fuzz_input *input, size_t size, size_t *ret)
{
	const char *bytes = (const char *)input->at;

	*ret = size < fuzz_left(input) ? size : fuzz_left(input);
	input->at += *ret;
	return bytes;
}

void fuzz_copy(struct fuzz_input *input, void *to, size_t size)
{
	size_t got;
	const char *bytes = fuzz_bytes(input, size, &got);

	memset(to, 0, size);
	if (got > 0)
		memcpy(to, bytes, got);
}

char *fuzz_string(struct fuzz_input *input)
{
	size_t length = strnlen((const char *)input->at, fuzz_left(input));
	char *string = strndup((const char *)input->at, length);

	CHECK(string);
	input->at += length;
	(void)fuzz_byte(input);
	return string;
}

static void write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size > 0) {
		ssize_t put = write(fd, at, size);

		CHECK(put > 0);
		at += put;
		size -= (size_t)put;
	}
}

int fuzz_file(const void *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	CHECK(fd >= 0);
	write_all(fd, bytes, size);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

void fuzz_write(const char *path, const void *bytes, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				 0600);

	CHECK(fd >= 0);
	write_all(fd, bytes, size);
}

const char *fuzz_folder(void)
{
	static char folder[PATH_MAX];
	const char *above = getenv("TMPDIR");

	(void)snprintf(folder, sizeof folder, "%s/assay-fuzz-XXXXXX",
		       above ? above : "/tmp");
	CHECK(mkdtemp(folder));
	return folder;
}

void fuzz_check_utf8(const char *text)
{
	json_t *string;

	CHECK(text);
	string = json_string(text);
	CHECK(string);
	json_decref(string);
}

/* C0, DEL and C1; the latter are two bytes, 0xc2 and 0x80 to 0x9f. */
static void check_no_controls(const char *text, const char *but)
{
	const unsigned char *at = (const unsigned char *)text;

	for (; *at; at++) {
		CHECK(*at >= 0x20 || strchr(but, *at));
		CHECK(*at != 0x7f);
		CHECK(at[0] != 0xc2 || at[1] >= 0xa0);
	}
}

void fuzz_check_line(const char *text)
{
	fuzz_check_utf8(text);
	check_no_controls(text, "");
}

void fuzz_check_text(const char *text)
{
	fuzz_check_utf8(text);
	check_no_controls(text, "\n\t");
}

void fuzz_check_result(int result, const struct error *err)
{
	if (result >= 0)
		return;
	CHECK(err->code == -result);
	CHECK(*err->text);
	fuzz_check_line(err->text);
}

void fuzz_check_json(const json_t *json)
{
	AUTO_FREE char *text = json_dumps(json, JSON_ENCODE_ANY);
	json_t *again;

	CHECK(text);
	again = json_loads(text, JSON_DECODE_ANY, NULL);
	CHECK(again);
	CHECK(json_equal(json, again));
	json_decref(again);
}
