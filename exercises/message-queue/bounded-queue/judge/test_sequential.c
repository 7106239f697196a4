/*
 * test_sequential.c - calls one after the other, against a model
 *
 * First the worked example of README.md, then bursts of calls that the seed
 * chooses, on two queues in turn (a queue that keeps its state in globals is
 * found by that) and from two threads in turn. What must come back follows
 * from the model alone.
 */
#include "tests.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "queue_call.h"

/* What a queue of the candidate's should hold. */
struct model {
	uint32_t queue;
	uint64_t capacity;
	bool closed;
	uint64_t next_item; /* the items are numbers in a row: */
	uint64_t oldest;    /* oldest .. next_item - 1 are in it */
};

/* What a burst of calls should come to; struct reply in the model's words. */
struct answer {
	int result;
	uint32_t count; /* calls that return 0 */
	uint64_t value; /* of the last call */
};

static struct answer put_burst(struct model *model,
			       const struct command *command)
{
	uint64_t room = model->capacity - (model->next_item - model->oldest);
	struct answer answer = { .count = command->count };

	if (model->closed)
		return (struct answer){ .result = EPIPE };
	if (room < command->count) {
		answer.count = (uint32_t)room;
		answer.result = command->timeout_ms ? ETIMEDOUT : EAGAIN;
	}
	model->next_item += answer.count;
	return answer;
}

static struct answer take_burst(struct model *model,
				const struct command *command)
{
	uint64_t length = model->next_item - model->oldest;
	struct answer answer = { .count = command->count };

	if (length < command->count) {
		answer.count = (uint32_t)length;
		answer.result = command->timeout_ms ? ETIMEDOUT : EAGAIN;
		if (model->closed)
			answer.result = EPIPE;
	}
	model->oldest += answer.count;
	answer.value = answer.result ? PROTOCOL_UNTOUCHED : model->oldest - 1;
	return answer;
}

static struct answer model_answer(struct model *model,
				  const struct command *command)
{
	struct answer length = { .count = 1 };

	switch (command->action) {
	case ACTION_PUT:
		return put_burst(model, command);
	case ACTION_TAKE:
		return take_burst(model, command);
	case ACTION_CLOSE:
		model->closed = true;
		return (struct answer){ .count = 1 };
	default:
		length.value = model->next_item - model->oldest;
		return length;
	}
}

/* The call of the last burst that went another way than the model. */
static const struct history_call *strayed(const struct history *history,
					  uint32_t place, uint32_t made)
{
	if (made == 0 || history->count < made)
		return NULL;
	if (place >= made)
		place = made - 1;
	return &history->calls[history->count - made + place];
}

__attribute__((noreturn)) static void
wrong(struct run *run, const struct model *before, const struct answer *want,
      const struct reply *got)
{
	struct history history = run_history(run, before->queue);
	uint32_t place = want->count < got->count ? want->count : got->count;
	uint32_t made = got->count + (got->result != 0);
	const struct history_call *call = strayed(&history, place, made);
	uint64_t held = before->next_item - before->oldest;
	char text[QUEUE_CALL_TEXT_MAX];
	char name[QUEUE_CALL_TEXT_MAX];

	if (!run_inexplicable(run, before->queue, before->capacity))
		run_show(run, "the last calls", history.calls, history.count);
	if (!call)
		judge_fail(run->judge, "the program did not make the calls it"
			   " was asked for");
	queue_call_text(call, text);
	queue_result_text(place < want->count ? 0 : want->result, name);
	if (call->kind == QUEUE_PUT)
		held += place;
	else if (call->kind == QUEUE_TAKE)
		held -= place;
	judge_expected(run->judge, "%s", name);
	judge_actual(run->judge, "%s", text);
	if (call->kind == QUEUE_TAKE && got->result != 0 &&
	    got->value != PROTOCOL_UNTOUCHED)
		judge_fail(run->judge, "%s, but *ret_item was written to",
			   text);
	if (got->count == want->count && got->result == want->result)
		judge_fail(run->judge, "%s: the result is right, the value is"
			   " not; it should be %" PRIu64, text, want->value);
	judge_fail(run->judge, "%s, expected %s: the queue of capacity %" PRIu64
		   " held %" PRIu64 " items%s", text, name, before->capacity,
		   held, before->closed ? " and was closed" : "");
}

static void step(struct run *run, struct model *model, struct command command)
{
	struct model before = *model;
	struct answer want;
	struct ticket got;

	command.queue = model->queue;
	if (command.action == ACTION_PUT)
		command.value = model->next_item;
	want = model_answer(model, &command);
	got = run_do(run, command, "one thread alone makes calls that need"
		     " not wait");
	if (got.reply.result != want.result ||
	    got.reply.count != want.count || got.reply.value != want.value)
		wrong(run, &before, &want, &got.reply);
}

/* README.md, "An example". */
static void example(struct run *run)
{
	struct model model = { .queue = run_queue(run, 2), .capacity = 2,
			       .next_item = 1, .oldest = 1 };
	static const struct command commands[] = {
		{ .action = ACTION_PUT, .count = 2, .timeout_ms = -1 },
		{ .action = ACTION_PUT, .count = 1, .timeout_ms = 0 },
		{ .action = ACTION_PUT, .count = 1, .timeout_ms = 5 },
		{ .action = ACTION_LEN, .count = 1 },
		{ .action = ACTION_TAKE, .count = 1, .timeout_ms = -1 },
		{ .action = ACTION_PUT, .count = 1, .timeout_ms = 0 },
		{ .action = ACTION_CLOSE, .count = 1 },
		{ .action = ACTION_PUT, .count = 1, .timeout_ms = -1 },
		{ .action = ACTION_TAKE, .count = 2, .timeout_ms = -1 },
		{ .action = ACTION_TAKE, .count = 1, .timeout_ms = -1 },
		{ .action = ACTION_LEN, .count = 1 },
	};
	size_t i;

	for (i = 0; i < sizeof commands / sizeof commands[0]; i++)
		step(run, &model, commands[i]);
	run_free(run, model.queue);
}

/* A burst that may find the queue full or empty, but never waits for long. */
static struct command choose(struct run *run, const struct model *model)
{
	uint32_t most = (uint32_t)model->capacity + 1;
	uint64_t length = model->next_item - model->oldest;
	struct command command = {
		.worker = random_below(&run->random, 2),
		.count = 1,
	};

	switch (random_below(&run->random, 8)) {
	case 0:
		command.action = ACTION_LEN;
		return command;
	case 1: case 2: case 3:
		command.action = ACTION_PUT;
		break;
	default:
		command.action = ACTION_TAKE;
		break;
	}
	command.count = random_between(&run->random, 1, most);
	if (command.action == ACTION_PUT &&
	    (model->closed || command.count <= model->capacity - length))
		command.timeout_ms = -1;
	if (command.action == ACTION_TAKE &&
	    (model->closed || command.count <= length))
		command.timeout_ms = -1;
	if (command.timeout_ms == 0 && random_below(&run->random, 10) == 0)
		command.timeout_ms = 2;
	return command;
}

static void bursts(struct run *run, uint64_t capacity)
{
	/* Item 0 is NULL, and the first that goes into one of the queues. */
	struct model models[] = {
		{ .queue = run_queue(run, capacity), .capacity = capacity },
		{ .queue = run_queue(run, capacity + 1),
		  .capacity = capacity + 1,
		  .next_item = 1000, .oldest = 1000 },
	};
	json_int_t count = judge_param(run->judge, "bursts");
	struct command close = { .action = ACTION_CLOSE, .count = 1 };
	struct command take = { .action = ACTION_TAKE, .timeout_ms = -1 };
	struct model *model;
	json_int_t i;

	for (i = 0; i < count; i++) {
		model = &models[random_below(&run->random, 2)];
		step(run, model, choose(run, model));
		if (i == count * 4 / 5)
			step(run, &models[0], close);
	}
	step(run, &models[1], close);
	step(run, &models[1], close);
	take.count = (uint32_t)capacity + 2;
	step(run, &models[0], take);
	step(run, &models[1], take);
	run_free(run, models[0].queue);
	run_free(run, models[1].queue);
}

void test_sequential(struct run *run)
{
	json_int_t capacity;
	size_t i;

	example(run);
	for (i = 0; judge_param_at(run->judge, "capacities", i, &capacity);
	     i++)
		bursts(run, (uint64_t)capacity);
}
