/*
 * A failing schedule is made as small as it can be. The program here is a
 * model: threads of so many operations each, and a failure that is a matter
 * of their order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explorer_fixture.h"
#include "explorer_minimise.h"
#include "random.h"

#define THREADS 4
#define OPS 60 /* of each */
#define STEPS (THREADS * OPS)

struct model {
	unsigned needs_choice; /* 1: fails only if thread 1 chose so at op 7 */
	unsigned never_same;   /* 1: two replays never give the same */
	unsigned replays;
	unsigned dies_after; /* replays; 0: never */
	unsigned preemptions_needed;
};

/* What a run of the model is made of. */
struct course {
	struct explore_segment segments[STEPS + 1];
	struct explore_choice choices[4];
	uint32_t segment_count, choice_count;
	uint32_t done[THREADS];
	uint32_t steps, preemptions;
	uint32_t at[THREADS][OPS + 1]; /* step of each operation */
	uint64_t result;
};

static void step(struct course *course, unsigned thread)
{
	struct explore_segment *last = NULL;

	if (course->segment_count > 0)
		last = &course->segments[course->segment_count - 1];
	if (!last || last->thread != thread) {
		if (last && course->done[last->thread] < OPS)
			course->preemptions++;
		last = &course->segments[course->segment_count++];
		*last = (struct explore_segment){ .thread = (uint16_t)thread };
	}
	last->ops++;
	course->steps++;
	course->at[thread][++course->done[thread]] = course->steps;
	course->result = course->result * 31 + thread;
}

/* false: not as the segments say. */
static bool follow(struct course *course, const struct explorer_steps *steps)
{
	bool exact = true;
	uint32_t i, j;

	for (i = 0; i < steps->segment_count; i++)
		for (j = 0; j < steps->segments[i].ops; j++) {
			unsigned thread = steps->segments[i].thread;

			if (thread >= THREADS || course->done[thread] == OPS) {
				exact = false;
				break;
			}
			step(course, thread);
		}
	for (i = 0; i < THREADS; i++)
		while (course->done[i] < OPS) {
			exact = false;
			step(course, i);
		}
	return exact;
}

/* Thread 1 does its operation 30 between operations 20 and 21 of thread 0. */
static bool goes_wrong(const struct model *model, const struct course *course)
{
	bool chose = course->choice_count > 0 && course->choices[0].op == 7;

	if (model->preemptions_needed > 1 &&
	    !(course->at[2][10] > course->at[3][10] &&
	      course->at[2][10] < course->at[3][11]))
		return false;
	return course->at[1][30] > course->at[0][20] &&
	       course->at[1][30] < course->at[0][21] &&
	       (chose || !model->needs_choice);
}

static struct explorer_run run_of(const struct model *model,
				  const struct course *course, bool exact)
{
	const struct explorer_parts parts = {
		.entry = { .outcome = !exact ? EXPLORE_DIVERGED
				      : goes_wrong(model, course)
					      ? EXPLORE_REQUIRED
					      : EXPLORE_PASSED,
			   .threads = THREADS,
			   .steps = course->steps,
			   .preemptions = course->preemptions,
			   .result = course->result },
		.segments = course->segments,
		.segment_count = course->segment_count,
		.choices = course->choices,
		.choice_count = course->choice_count,
	};

	return explorer_made(&parts);
}

static int replay(void *data, const struct explorer_steps *steps, bool lenient,
		  struct explorer_run *ret, struct error *err)
{
	struct model *model = data;
	struct course course = { 0 };
	uint32_t i;
	bool exact;

	model->replays++;
	if (model->dies_after && model->replays > model->dies_after)
		return error_set(err, EPIPE, "gone");
	exact = follow(&course, steps);
	for (i = 0; i < steps->choice_count && i < 4; i++)
		course.choices[course.choice_count++] = steps->choices[i];
	if (model->never_same)
		course.result += model->replays;
	*ret = run_of(model, &course, exact || lenient);
	return 0;
}

static bool fails(void *data, const struct explorer_run *run)
{
	(void)data;
	return run->entry.outcome == EXPLORE_REQUIRED;
}

/* A random schedule that fails. */
static struct explorer_run find(const struct model *model)
{
	uint64_t seed;

	for (seed = 0;; seed++) {
		struct random random = random_from(seed);
		struct course course = { 0 };

		course.choices[0] = (struct explore_choice){ 0, 1, 3 };
		course.choices[1] = (struct explore_choice){ 1, 1, 7 };
		course.choices[2] = (struct explore_choice){ 2, 1, 3 };
		course.choice_count = 3;
		while (course.steps < STEPS) {
			unsigned thread = random_below(&random, THREADS);

			if (course.done[thread] < OPS)
				step(&course, thread);
		}
		if (model->needs_choice)
			course.choices[0] = course.choices[1];
		if (goes_wrong(model, &course))
			return run_of(model, &course, true);
		assert_true(seed < 1000000);
	}
}

static struct explorer_run minimise(struct model *model, unsigned attempts_max,
				    const struct explorer_run *original)
{
	const struct explorer_minimiser minimiser = {
		.replay = replay,
		.fails = fails,
		.data = model,
		.attempts_max = attempts_max,
		.steps_max = EXPLORER_REPLAYED_MAX,
	};
	struct explorer_run ret = { 0 };
	struct error err = { 0 };
	unsigned attempts;

	if (explorer_minimise(&minimiser, original, &ret, &attempts, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(attempts <= attempts_max);
	assert_true(fails(NULL, &ret));
	return ret;
}

static void test_minimise__leaves_the_one_preemption_that_matters(void **state)
{
	struct model model = { 0 };
	struct explorer_run found = find(&model);
	struct explorer_run small = minimise(&model, 600, &found);

	(void)state;
	assert_true(found.entry.preemptions > 50);
	assert_int_equal(small.entry.preemptions, 1);
	assert_int_equal(small.entry.choices, 0);
	explorer_run_release(&found);
	explorer_run_release(&small);
}

static void test_minimise__leaves_both_where_two_matter(void **state)
{
	struct model model = { .preemptions_needed = 2 };
	struct explorer_run found = find(&model);
	struct explorer_run small = minimise(&model, 2000, &found);

	(void)state;
	assert_in_range(small.entry.preemptions, 2, 3);
	explorer_run_release(&found);
	explorer_run_release(&small);
}

static void test_minimise__keeps_a_choice_that_matters(void **state)
{
	struct model model = { .needs_choice = 1 };
	struct explorer_run found = find(&model);
	struct explorer_run small = minimise(&model, 600, &found);

	(void)state;
	assert_int_equal(small.entry.preemptions, 1);
	assert_int_equal(small.entry.choices, 1);
	assert_int_equal(small.steps.choices[0].op, 7);
	explorer_run_release(&found);
	explorer_run_release(&small);
}

static void test_minimise__stays_within_its_attempts(void **state)
{
	struct model model = { 0 };
	struct explorer_run found = find(&model);
	struct explorer_run small = minimise(&model, 20, &found);

	(void)state;
	assert_int_equal(model.replays, 20);
	explorer_run_release(&found);
	explorer_run_release(&small);
}

static void test_minimise__keeps_what_it_has_when_the_program_ends(void **state)
{
	struct model model = { .dies_after = 60 };
	struct explorer_run found = find(&model);
	struct explorer_run small = minimise(&model, 600, &found);

	(void)state;
	assert_true(small.entry.preemptions <= found.entry.preemptions);
	explorer_run_release(&found);
	explorer_run_release(&small);
}

static void test_minimise__refuses_what_does_not_replay(void **state)
{
	struct model model = { .never_same = 1 };
	struct explorer_run found = find(&model), small;
	const struct explorer_minimiser minimiser = {
		.replay = replay,
		.fails = fails,
		.data = &model,
		.attempts_max = 600,
		.steps_max = EXPLORER_REPLAYED_MAX,
	};
	struct error err = { 0 };

	(void)state;
	assert_int_equal(
		explorer_minimise(&minimiser, &found, &small, NULL, &err),
		-ESTALE);
	explorer_run_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_minimise__leaves_the_one_preemption_that_matters),
		cmocka_unit_test(test_minimise__leaves_both_where_two_matter),
		cmocka_unit_test(test_minimise__keeps_a_choice_that_matters),
		cmocka_unit_test(test_minimise__stays_within_its_attempts),
		cmocka_unit_test(
			test_minimise__keeps_what_it_has_when_the_program_ends),
		cmocka_unit_test(test_minimise__refuses_what_does_not_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
