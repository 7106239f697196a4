#include "command_rubric.h"

#include <stdio.h>

#include <assay/cleanup.h>

#include "command.h"
#include "rating.h"

int command_rubric_open(const char *folder, struct ratings **ret)
{
	struct error err = { 0 };

	if (ratings_open(folder, ret, &err) == 0)
		return COMMAND_DONE;
	return command_input("report", err.code, "--rubric: %s", err.text);
}

static void complain(const char *line)
{
	(void)command_usage("report", "%s", line);
}

int command_rubric_attach(const struct ratings *ratings,
			  struct report_blind *blind, json_t *report)
{
	size_t bad;

	if (!ratings)
		return COMMAND_DONE;
	bad = ratings_attach(ratings, report, complain);
	if (blind)
		bad += ratings_attach_blind(ratings, report,
					    report_blind_name(blind, report),
					    complain);
	return bad > 0 ? COMMAND_USAGE : COMMAND_DONE;
}

/* Counts it, or says what is wrong. */
static int make_one(const char *folder, const char *rater, const char *path,
		    struct report_blind *blind, size_t *made)
{
	json_auto_t *report = NULL;
	struct error err = { 0 };
	int status = report_read(path, &report), r;

	if (status)
		return status;
	if (blind)
		report_blind_rename(blind, report);
	r = ratings_make_sheet(folder, rater, report, &err);
	if (r < 0)
		return command_input("report", err.code, "%s: %s", path,
				     err.text);
	*made += (size_t)r;
	return COMMAND_DONE;
}

int command_rubric_sheets(const char *folder, const char *rater,
			  const struct report_list *list,
			  struct report_blind *blind)
{
	int status = COMMAND_DONE;
	size_t made = 0, i;

	if (!rater || !rating_name_ok(rater))
		return command_usage("report",
				     "--rubric-sheets: --rater says whose they "
				     "are, a name without slash or dot in "
				     "front");
	for (i = 0; i < list->count; i++) {
		int r = make_one(folder, rater, list->items[i].path, blind,
				 &made);

		if (r > status)
			status = r;
	}
	(void)printf("%zu of %zu sheets made in %s/%s; those that are there "
		     "stay as they are\n",
		     made, list->count, folder, rater);
	return status;
}
