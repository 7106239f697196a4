/*
 * command.c - see command.h
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SECONDS_MAX 1000000.0
#define COLUMNS 80

__attribute__((format(printf, 2, 0))) static void
say(const char *name, const char *format, va_list args)
{
	(void)fprintf(stderr, "assay %s: ", name);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
}

int command_usage(const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(name, format, args);
	va_end(args);
	return COMMAND_USAGE;
}

int command_fault(const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(name, format, args);
	va_end(args);
	return COMMAND_FAULT;
}

static bool host_ran_out(int code)
{
	return code == ENOMEM || code == EMFILE || code == ENFILE ||
	       code == EIO || code == ENOSPC || code == EDQUOT;
}

int command_input(const char *name, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(name, format, args);
	va_end(args);
	return host_ran_out(code) ? COMMAND_FAULT : COMMAND_USAGE;
}

int command_help(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) ? COMMAND_FAULT
							 : COMMAND_DONE;
}

int command_bad_option(const char *name, char *const *argv, int option)
{
	const char *word = argv[optind - 1];

	if (option == ':')
		return command_usage(name, "option '%s' needs a value", word);
	if (optopt && optopt < 256)
		return command_usage(
			name, "unknown option '-%c' (see assay %s --help)",
			optopt, name);
	return command_usage(name, "unknown option '%s' (see assay %s --help)",
			     word, name);
}

int command_status_of(int code)
{
	switch (code) {
	case EINVAL:
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EEXIST:
	case EACCES:
	case EPERM:
	case ENOTEMPTY:
	case ELOOP:
	case ENAMETOOLONG:
		return COMMAND_USAGE;
	default:
		return COMMAND_FAULT;
	}
}

bool command_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	char *end;
	unsigned long long number;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || *end || number < min || number > max)
		return false;
	*ret = number;
	return true;
}

bool command_bytes(const char *text, uint64_t *ret)
{
	static const char units[] = "KMG";
	size_t length = strlen(text);
	const char *unit;
	char digits[24];
	uint64_t number;
	unsigned shift;

	if (length == 0 || length >= sizeof digits)
		return false;
	unit = strchr(units, text[length - 1]);
	shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	memcpy(digits, text, length + 1);
	if (unit)
		digits[length - 1] = '\0';
	if (!command_number(digits, 1, (1ull << 50) >> shift, &number))
		return false;
	*ret = number << shift;
	return true;
}

bool command_seconds(const char *text, uint64_t *ret)
{
	char *end;
	double seconds;

	/* strtod() would also take signs, exponents and hexadecimal */
	if (!*text || text[strspn(text, "0123456789.")])
		return false;
	seconds = strtod(text, &end);
	if (*end || !isfinite(seconds) || seconds > SECONDS_MAX ||
	    seconds < 1e-6)
		return false;
	*ret = (uint64_t)(seconds * 1e6);
	return true;
}

bool command_level(const char *text, enum box_level *ret)
{
	static const enum box_level levels[] = { BOX_LEVEL_MINIMAL,
						 BOX_LEVEL_LIMITED,
						 BOX_LEVEL_FULL };
	size_t i;

	for (i = 0; i < sizeof levels / sizeof *levels; i++)
		if (strcmp(text, box_level_name(levels[i])) == 0) {
			*ret = levels[i];
			return true;
		}
	return false;
}

unsigned command_columns(int fd)
{
	const char *set = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		columns = size.ws_col;
	else if (!set || !command_number(set, 1, UINT32_MAX, &columns))
		columns = COLUMNS;
	return columns < COMMAND_COLUMNS_MAX ? (unsigned)columns
					     : COMMAND_COLUMNS_MAX;
}

bool command_colour(int fd)
{
	const char *no = getenv("NO_COLOR");

	return isatty(fd) && (!no || !*no);
}
