/*
 * fuzz.h - what the fuzz targets share
 *
 * A target is one file, fuzz_NAME.c, with LLVMFuzzerTestOneInput(). It hands
 * the bytes to one parser the way the program does and CHECKs what the
 * parser's header promises; libFuzzer, AddressSanitizer and UBSan look for
 * the rest. Here are the promises that many headers make, and the parts of an
 * input that is more than one run of bytes.
 */
#ifndef ASSAY_TESTS_FUZZ_H
#define ASSAY_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/cleanup.h>
#include <assay/error.h>

/* Processor time that an input may take. libFuzzer's own limit is one of wall
 * time, which on a machine that others use says nothing about an input. */
#define FUZZ_CPU_SECONDS 5

/* libFuzzer's names for what a target defines. Return 0, always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* ---- an input in parts ---- */

struct fuzz_input {
	const uint8_t *at, *end;
};

struct fuzz_input fuzz_input(const uint8_t *data, size_t size);
size_t fuzz_left(const struct fuzz_input *input);
/** The next byte, 0 behind the end. */
uint8_t fuzz_byte(struct fuzz_input *input);
/** The next @size bytes, fewer at the end; *ret is how many. */
const char *fuzz_bytes(struct fuzz_input *input, size_t size, size_t *ret);
/** Copy the next @size bytes to @to, zeroes behind the end. */
void fuzz_copy(struct fuzz_input *input, void *to, size_t size);
/**
 * What comes before the next NUL (or the end), as a string of its own, so
 * that a read past it is seen. free() it.
 */
char *fuzz_string(struct fuzz_input *input);

/* ---- inputs as the program finds them ---- */

/** A memfd with these bytes, read from its start; close it. */
int fuzz_file(const void *bytes, size_t size);
/** Replace the file at @path, mode 0600. */
void fuzz_write(const char *path, const void *bytes, size_t size);
/** A new folder below $TMPDIR or /tmp; whoever sets TMPDIR removes it. */
const char *fuzz_folder(void);

/* ---- promises; each CHECKs ---- */

/** Valid UTF-8, by another decoder than the program's own. */
void fuzz_check_utf8(const char *text);
/** UTF-8, one line, no control characters. */
void fuzz_check_line(const char *text);
/** UTF-8 without control characters but newline and tab. */
void fuzz_check_text(const char *text);
/**
 * As error.h has it: 0, or -errno with that errno and one line of text in
 * @err.
 */
void fuzz_check_result(int result, const struct error *err);
/** That it can be written as JSON and read again as the same. */
void fuzz_check_json(const json_t *json);

#endif
