#include "progress.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

#define MINUTE 60.0
#define HOUR (60 * MINUTE)

size_t progress_done(const struct progress *progress)
{
	return progress->before + progress->graded + progress->errors;
}

/* Rounded up: nobody is told that nothing is left. */
static char *duration(double seconds)
{
	unsigned long minutes = (unsigned long)((seconds + MINUTE - 1) /
						MINUTE);

	if (seconds < 100)
		return text_format("%lu s", (unsigned long)(seconds + 1));
	if (seconds < 2 * HOUR)
		return text_format("%lu min", minutes);
	return text_format("%lu h %lu min", minutes / 60, minutes % 60);
}

static char *head(const struct progress *progress, double seconds)
{
	size_t over = progress->graded + progress->errors;
	size_t done = progress_done(progress);
	AUTO_FREE char *left = NULL;
	double rate;

	if (over == 0 || seconds <= 0)
		return text_format("%zu/%zu graded", done, progress->total);
	rate = (double)over / seconds;
	if (done >= progress->total)
		return text_format("%zu/%zu graded, %.1f/s", done,
				   progress->total, rate);
	left = duration((double)(progress->total - done) / rate);
	return text_format("%zu/%zu graded, %.1f/s, %s left", done,
			   progress->total, rate, left);
}

struct kind {
	const char *name;
	size_t count;
};

/* What there is any of; returns how many kinds. */
static size_t kinds_of(const struct progress *progress,
		       struct kind kinds[VERDICT_MAX + 1])
{
	enum verdict verdict;
	size_t count = 0;

	for (verdict = VERDICT_PASS; verdict < VERDICT_MAX; verdict++)
		if (progress->verdicts[verdict] > 0)
			kinds[count++] =
				(struct kind){ verdict_name(verdict),
					       progress->verdicts[verdict] };
	if (progress->errors > 0)
		kinds[count++] = (struct kind){ "not graded",
						progress->errors };
	return count;
}

/* The first @shown of @count kinds, the others in one number. */
static char *with_kinds(const char *head, const struct kind *kinds,
			size_t count, size_t shown)
{
	char *line = text_format("%s", head);
	const char *separator = ": ";
	size_t others = 0, i;

	for (i = 0; i < count; i++) {
		AUTO_FREE char *before = line;

		if (i >= shown)
			others += kinds[i].count;
		line = i >= shown ? TAKE_PTR(before)
				  : text_format("%s%s%zu %s", before, separator,
						kinds[i].count, kinds[i].name);
		separator = i >= shown ? separator : ", ";
	}
	if (others > 0) {
		AUTO_FREE char *before = line;

		line = text_format("%s%s%zu other", before, separator, others);
	}
	return line;
}

char *progress_line(const struct progress *progress, double seconds,
		    size_t columns)
{
	AUTO_FREE char *first = head(progress, seconds);
	struct kind kinds[VERDICT_MAX + 1];
	size_t count = kinds_of(progress, kinds), shown = count;
	char *line = with_kinds(first, kinds, count, shown);

	while (text_columns(line) > columns && shown > 0) {
		free(line);
		line = with_kinds(first, kinds, count, --shown);
	}
	line[text_fit(line, columns)] = '\0';
	return line;
}
