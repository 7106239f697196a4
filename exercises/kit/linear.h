/*
 * linear.h - is there an order of the calls that explains what they returned?
 *
 * A history is linearizable (Herlihy and Wing, "Linearizability: a correctness
 * condition for concurrent objects", 1990) when every call can be given one
 * moment between its beginning and its end such that the calls, made one by
 * one in the order of those moments, return what they did return. A pending
 * call may have had its effect at any moment after its beginning, or none.
 *
 * What the calls do, one at a time, is the exercise's model. A register:
 *
 *	struct cell { uint64_t value; };
 *
 *	static bool cell_apply(const void *context, void *state,
 *			       const struct history_call *call)
 *	{
 *		struct cell *cell = state;
 *
 *		if (call->kind == WRITE)
 *			cell->value = call->argument;
 *		return call->kind == WRITE || call->pending ||
 *		       call->value == cell->value;
 *	}
 *
 *	static const struct linear_model cell_model = {
 *		.state_bytes = sizeof(struct cell), .apply = cell_apply };
 */
#ifndef ASSAY_KIT_LINEAR_H
#define ASSAY_KIT_LINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

#define LINEAR_THREADS_MAX 256
#define LINEAR_MEMORY_MAX (256u << 20)   /* bytes that one search takes */
#define LINEAR_CONFIGURATIONS (8u << 20) /* a usual limit, some seconds */

enum linear_answer {
	LINEAR_EXPLAINED,
	LINEAR_INEXPLICABLE,
	LINEAR_UNDECIDED, /* more configurations, memory or threads than there
			     may be */
};

/* How a call can be left out of a history that may have an explanation, such
 * that it surely still has one. For linear_shrink() only. */
enum linear_leave {
	LINEAR_STAYS = 0,
	LINEAR_ALONE = 1,    /* by itself: it changes nothing in any state */
	LINEAR_TOGETHER = 2, /* with all others of its group: a value that is
				written and all who read it, an item's put and
				its take */
	LINEAR_EITHER = LINEAR_ALONE | LINEAR_TOGETHER,
};

struct linear_model {
	size_t state_bytes;
	const void *start;   /* the first state; NULL: all zeroes */
	const void *context; /* handed to the functions; NULL if not needed */

	/* A call touches only the state of its object, which is the state that
	 * apply() is given: each object is then explained by itself, which is
	 * much faster and says no less (Herlihy and Wing's theorem 1). */
	bool by_object;

	/**
	 * Make @call on @state, in place. false: in this state it would not
	 * have returned what it did; @state is thrown away then. Of a pending
	 * call result and value mean nothing: do what it would have done.
	 */
	bool (*apply)(const void *context, void *state,
		      const struct history_call *call);

	/* When two states mean the same. Both NULL: when their bytes are the
	 * same, so keep what is unused at zero. States that mean the same but
	 * are not known to cost time and nothing else. */
	uint64_t (*hash)(const void *state);
	bool (*equal)(const void *left, const void *right);

	/** *ret_group is for LINEAR_TOGETHER. NULL: only the end of a history
	 * and other objects are left out. */
	enum linear_leave (*leave)(const void *context,
				   const struct history_call *call,
				   uint64_t *ret_group);
	/** Whether nothing else in this history forbids to leave the group of
	 * @call out, nor will when more has gone. NULL: never. */
	bool (*may_leave)(const void *context, const struct history_call *calls,
			  size_t count, const struct history_call *call);
};

/* The longest beginning of a history that has an explanation. Of calls in
 * progress at its end some have had their effect, with what they return later
 * on. */
struct linear_reach {
	/* The call whose return ends it. NULL: the whole is explained. */
	const struct history_call *call;
	size_t explained; /* calls that had returned before that */
};

/**
 * @calls by invoked_ns, those of a thread one after the other and only its last
 * pending, as history_load() leaves them. A client that goes on after a call
 * without an answer goes on as another thread.
 *
 * Visits @configurations at most and takes what it visited off, so that one
 * budget can serve many searches. @ret may be NULL; LINEAR_UNDECIDED leaves in
 * it how far the search had come.
 */
enum linear_answer linear_check(const struct linear_model *model,
				const struct history_call *calls, size_t count,
				size_t *configurations,
				struct linear_reach *ret);

/**
 * Make @calls, an inexplicable history, smaller in place. What is left out is
 * left out because a history with an explanation would still have one without
 * it, so what remains is as wrong as the whole. Returns how many are left;
 * @count when nothing can go, or was found out with @configurations.
 */
size_t linear_shrink(const struct linear_model *model,
		     struct history_call *calls, size_t count,
		     size_t *configurations);

#endif
