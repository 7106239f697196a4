/*
 * command.h - what all subcommands do the same way
 *
 * Exit status, for every subcommand: 0 done; 1 done and not all passed
 * (check, explore, verify); 2 wrong usage or input; 3 the harness or the host
 * failed.
 */
#ifndef ASSAY_COMMAND_H
#define ASSAY_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include <assay/box.h>

#define COMMAND_COLUMNS_MAX 1000

enum command_status {
	COMMAND_DONE = 0,
	COMMAND_NOT_PASSED = 1,
	COMMAND_USAGE = 2,
	COMMAND_FAULT = 3,
};

/** One line "assay NAME: ..." on standard error; returns COMMAND_USAGE. */
__attribute__((format(printf, 2, 3))) int
command_usage(const char *name, const char *format, ...);

/** The same, returning COMMAND_FAULT. */
__attribute__((format(printf, 2, 3))) int
command_fault(const char *name, const char *format, ...);

/**
 * The same for an input that could not be taken, because of errno value @code:
 * COMMAND_FAULT where that is something the host has run out of, else the
 * input is at fault and it is COMMAND_USAGE.
 */
__attribute__((format(printf, 3, 4))) int
command_input(const char *name, int code, const char *format, ...);

/** Print @text on standard output; returns COMMAND_DONE. */
int command_help(const char *text);

/**
 * After getopt_long() said '?' (unknown) or ':' (value missing; its short
 * options must start with ':' or "+:"): the one line about it.
 */
int command_bad_option(const char *name, char *const *argv, int option);

/** Which exit status an errno of the harness's own functions stands for. */
int command_status_of(int code);

/* Values of options; false for what is not one. */
bool command_number(const char *text, uint64_t min, uint64_t max,
		    uint64_t *ret);
/** "64K", "256M", "1G" or plain bytes; not 0. */
bool command_bytes(const char *text, uint64_t *ret);
/** Seconds with up to six decimals, as microseconds; not 0. */
bool command_seconds(const char *text, uint64_t *ret);
bool command_level(const char *text, enum box_level *ret);

/**
 * How wide what goes to @fd may be: the terminal's width, else $COLUMNS, else
 * 80; at most COMMAND_COLUMNS_MAX.
 */
unsigned command_columns(int fd);

/** Whether to colour what goes to @fd: a terminal, and NO_COLOR is not set. */
bool command_colour(int fd);

#endif
