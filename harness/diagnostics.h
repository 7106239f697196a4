/*
 * diagnostics.h - what a compiler said, by file and line
 *
 * GCC prints JSON with -fdiagnostics-format=json: an array of diagnostics on
 * one line of its standard error per compilation (GCC manual, "Options to
 * Control Diagnostic Messages Formatting"). Linkers and assemblers print text
 * around it, Python only text. Every byte of it may have been chosen by a
 * candidate.
 */
#ifndef ASSAY_DIAGNOSTICS_H
#define ASSAY_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "text.h"

#define DIAGNOSTICS_MAX 100 /* kept per build; the rest is counted */

/**
 * Append to array @into one object per diagnostic in @text:
 * {"file","line","column","kind":"error"|"warning"|"note","option"?,
 *  "message"}; what is not known of a place is null. Children (notes) are
 * flattened behind their parent. Linker lines "file:line: undefined reference
 * to `x'" become errors as well, and so do Python's syntax errors, with the
 * traceback before them; its syntax warnings become warnings. Past
 * DIAGNOSTICS_MAX an error takes the place of a warning, and a last note with
 * "omitted" counts what was left out. Returns the text that was none of these,
 * valid UTF-8, to be freed, or NULL when there is nothing but white space.
 */
char *diagnostics_parse(const char *text, size_t size, json_t *into);

/**
 * Whether one of the builds before @build, of a report's "build", says the
 * same as @diagnostic: another variant, of the same source.
 */
bool diagnostics_were_said(const json_t *builds, size_t build,
			   const json_t *diagnostic);

#endif
