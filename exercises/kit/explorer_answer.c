/* explorer_answer.c - a reply checked against its command: see explorer.h */
#include "explorer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void explorer_answer_release(struct explorer_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->count; i++)
		explorer_run_release(&answer->runs[i]);
	free(answer->runs);
	*answer = (struct explorer_answer){ 0 };
}

static int check_reply(const struct explore_command *command,
		       const struct explore_reply *reply, size_t size,
		       struct error *err)
{
	bool failed = reply->outcome != EXPLORE_PASSED;

	if (reply->nonce != command->nonce)
		return error_set(err, EBADMSG, "a reply to another command");
	if (reply->outcome >= EXPLORE_OUTCOME_MAX ||
	    reply->threads > EXPLORE_THREADS_MAX || reply->exhausted > 1 ||
	    reply->bytes != size ||
	    reply->entries > size / sizeof(struct explore_entry))
		return error_set(err, EBADMSG, "a reply that makes no sense");
	if (reply->outcome == EXPLORE_UNKNOWN_SCENARIO)
		return error_set(err, ENOENT, "there is no scenario %s",
				 command->scenario);
	if (reply->schedules > command->schedules ||
	    (reply->schedules == 0 && command->schedules > 0 &&
	     !reply->exhausted) ||
	    reply->entries > reply->schedules)
		return error_set(err, EBADMSG,
				 "a reply on %llu schedules, of %llu",
				 (unsigned long long)reply->schedules,
				 (unsigned long long)command->schedules);
	if (reply->entries == 0 &&
	    (failed || command->action == EXPLORE_REPLAY))
		return error_set(err, EBADMSG,
				 "a reply without the schedule it is about");
	return 0;
}

/* Seeds and numbers as the command says; all but the last have passed. */
static int check_order(const struct explore_command *command,
		       const struct explorer_answer *answer, struct error *err)
{
	const struct explore_reply *reply = &answer->reply;
	bool search = command->action == EXPLORE_SEARCH;
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < answer->count; i++) {
		const struct explore_entry *entry = &answer->runs[i].entry;
		uint32_t outcome = i + 1 < answer->count ? EXPLORE_PASSED
							 : reply->outcome;

		if ((search && entry->schedule <= number) ||
		    entry->seed - command->seed >= reply->schedules)
			return error_set(err, EBADMSG,
					 "a schedule that was not asked for");
		if (entry->outcome != outcome)
			return error_set(err, EBADMSG,
					 "a schedule whose end is told twice,"
					 " and differently");
		number = entry->schedule;
	}
	return 0;
}

static int parse_runs(const unsigned char *at, size_t size,
		      struct explorer_answer *answer, struct error *err)
{
	uint32_t i;
	int r;

	for (i = 0; i < answer->reply.entries; i++) {
		r = explorer_run_parse(at, size, &answer->runs[i], err);
		if (r < 0)
			return r;
		answer->count++;
		at += answer->runs[i].entry.bytes;
		size -= answer->runs[i].entry.bytes;
	}
	if (size > 0)
		return error_set(err, EBADMSG,
				 "%zu bytes behind the last entry", size);
	return 0;
}

int explorer_answer_parse(const struct explore_command *command,
			  const void *memory, size_t size,
			  struct explorer_answer *ret, struct error *err)
{
	struct explorer_answer answer = { .reply = ret->reply };
	int r = check_reply(command, &answer.reply, size, err);

	if (r < 0)
		return r;
	answer.runs = calloc(answer.reply.entries ? answer.reply.entries : 1,
			     sizeof *answer.runs);
	if (!answer.runs)
		return error_set(err, ENOMEM, "out of memory");
	r = parse_runs(memory, size, &answer, err);
	if (r == 0)
		r = check_order(command, &answer, err);
	if (r < 0) {
		explorer_answer_release(&answer);
		return r;
	}
	*ret = answer;
	return 0;
}
