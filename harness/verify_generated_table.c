/*
 * verify_generated_table.c - see verify_generated_table.h
 */
#include "verify_generated_table.h"

#include <string.h>

#include "report_parts.h"

#define ALL_KINDS MUTATION_KINDS

static const char *const fates[VERIFY_FATES] = {
	[VERIFY_UNDECIDED] = "undecided",
	[VERIFY_KILLED] = "killed",
	[VERIFY_SURVIVED] = "survived",
	[VERIFY_NOT_COMPILED] = "not-compiled",
	[VERIFY_EQUIVALENT] = "equivalent",
};

/* In the order of columns. */
static const enum verify_fate columns[] = {
	VERIFY_KILLED,     VERIFY_SURVIVED,  VERIFY_NOT_COMPILED,
	VERIFY_EQUIVALENT, VERIFY_UNDECIDED,
};

/* How many of @kind, or of ALL_KINDS, came to @fate. */
static size_t count(const struct verify_generated *generated, unsigned kind,
		    enum verify_fate fate)
{
	size_t found = 0;

	for (size_t i = 0; i < generated->count; i++)
		found += generated->list[i].fate == fate &&
			 (kind == ALL_KINDS || generated->list[i].kind == kind);
	return found;
}

static void print_row(const struct verify_generated *generated, unsigned kind,
		      FILE *out)
{
	(void)fprintf(out, "  %-22s",
		      kind == ALL_KINDS ? "all" : mutation_kind_name(kind));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		(void)fprintf(out, " %12zu",
			      count(generated, kind, columns[i]));
	(void)fputc('\n', out);
}

/* @text, indented, and lines that break off as they are. */
static void print_indented(const char *text, FILE *out)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		(void)fprintf(out, "      %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

void verify_generated_print(const struct verify_generated *generated, FILE *out)
{
	(void)fprintf(out,
		      "  Generated mutants of the C reference: %zu of %zu\n\n"
		      "  %-22s",
		      generated->count, generated->possible, "");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		(void)fprintf(out, " %12s", fates[columns[i]]);
	(void)fputc('\n', out);
	for (unsigned kind = 0; kind <= ALL_KINDS; kind++)
		print_row(generated, kind, out);
	(void)fprintf(out, "\n  mutation score: %.1f %%\n\n",
		      100 * verify_generated_score(generated));
	for (size_t i = 0; i < generated->count; i++) {
		const struct verify_generated_mutant *mutant =
			&generated->list[i];

		if (mutant->fate != VERIFY_SURVIVED)
			continue;
		(void)fprintf(out, "  survived: %s, %s:%u in %s\n",
			      mutation_kind_name(mutant->kind), mutant->file,
			      mutant->line, mutant->function);
		print_indented(mutant->diff, out);
		(void)fputc('\n', out);
	}
}

/* ---- JSON ---- */

static json_t *fates_json(const struct verify_generated *generated,
			  unsigned kind)
{
	json_t *object = json_object();

	for (size_t i = 0; i < VERIFY_FATES; i++)
		report_set(object, fates[i],
			   report_count(count(generated, kind,
					      (enum verify_fate)i)));
	return object;
}

static json_t *survivors_json(const struct verify_generated *generated)
{
	json_t *list = json_array();

	for (size_t i = 0; i < generated->count; i++) {
		const struct verify_generated_mutant *mutant =
			&generated->list[i];
		json_t *entry;

		if (mutant->fate != VERIFY_SURVIVED)
			continue;
		entry = json_object();
		report_set(entry, "operator",
			   report_text(mutation_kind_name(mutant->kind)));
		report_set(entry, "file", report_text(mutant->file));
		report_set(entry, "line", report_count(mutant->line));
		report_set(entry, "function", report_text(mutant->function));
		report_set(entry, "diff", report_text(mutant->diff));
		report_append(list, entry);
	}
	return list;
}

/* How many were lost to each test first. */
static json_t *killers_json(const struct verify_generated *generated)
{
	json_t *object = json_object();

	for (size_t i = 0; i < generated->count; i++) {
		const char *killer = generated->list[i].killer;

		if (killer)
			report_set(
				object, killer,
				report_count((uint64_t)json_integer_value(
						     json_object_get(object,
								     killer)) +
					     1));
	}
	return object;
}

json_t *verify_generated_json(const struct verify_generated *generated)
{
	json_t *object = json_object(), *operators = json_object();

	for (unsigned kind = 0; kind < MUTATION_KINDS; kind++)
		report_set(operators, mutation_kind_name(kind),
			   fates_json(generated, kind));
	report_set(object, "possible", report_count(generated->possible));
	report_set(object, "made", report_count(generated->count));
	report_set(object, "score",
		   report_decimal(verify_generated_score(generated)));
	report_set(object, "fates", fates_json(generated, ALL_KINDS));
	report_set(object, "operators", operators);
	report_set(object, "killers", killers_json(generated));
	report_set(object, "survivors", survivors_json(generated));
	return object;
}
