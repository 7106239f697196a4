/*
 * scenarios.h - the scenarios that the explorer runs, for both sides
 *
 * scenarios.c plays them beside the submission; test_explore.c, out of its
 * reach, judges what was recorded and has to know what each was played on.
 */
#ifndef POOL_SCENARIOS_H
#define POOL_SCENARIOS_H

/* Name in exercise.json; function; min, max, capacity and policy of its pool. */
#define POOL_SCENARIOS(_)                                                       \
	/* once: tasks run, once, and as soon as there is a thread to be had */ \
	_("once-one-thread", once_two_submitters, 1, 1, 4, POOL_BLOCK)          \
	_("once-two-threads", once_two_submitters, 2, 2, 4, POOL_BLOCK)         \
	_("once-from-none", once_two_submitters, 0, 2, 4, POOL_BLOCK)           \
	_("once-dropped", once_dropped, 1, 2, 4, POOL_BLOCK)                    \
	_("once-together", once_together, 0, 2, 4, POOL_BLOCK)                  \
	_("once-together-min-1", once_together, 1, 2, 4, POOL_BLOCK)            \
	_("once-together-min-2", once_together, 2, 2, 4, POOL_BLOCK)            \
	_("once-together-busy", once_together_busy, 1, 3, 4, POOL_BLOCK)        \
	_("once-together-two-submitters", once_together_apart, 2, 2, 4,         \
	  POOL_BLOCK)                                                           \
	_("once-many-waiters", once_many_waiters, 1, 1, 2, POOL_BLOCK)          \
	_("once-beside-retiring", once_beside_retiring, 0, 1, 2, POOL_BLOCK)    \
	_("once-beside-retiring-min-1", once_beside_retiring, 1, 2, 2,          \
	  POOL_BLOCK)                                                           \
	_("once-waits-time-out", once_waits_time_out, 1, 1, 2, POOL_BLOCK)      \
	_("once-clock-ahead", once_clock_ahead, 1, 1, 2, POOL_BLOCK)            \
	_("once-clock-back", once_clock_back, 1, 1, 2, POOL_BLOCK)              \
	/* cancel */                                                            \
	_("cancel-beside-thread", cancel_beside_thread, 1, 1, 4, POOL_BLOCK)    \
	_("cancel-beside-threads", cancel_beside_thread, 2, 2, 4, POOL_BLOCK)   \
	_("cancel-by-two", cancel_by_two, 1, 1, 4, POOL_BLOCK)                  \
	_("cancel-running", cancel_running, 1, 1, 2, POOL_BLOCK)                \
	_("cancel-the-middle", cancel_the_middle, 1, 1, 4, POOL_BLOCK)          \
	_("cancel-the-ends", cancel_the_ends, 1, 1, 4, POOL_BLOCK)              \
	_("cancel-makes-room", cancel_makes_room, 1, 1, 1, POOL_BLOCK)          \
	_("cancel-makes-room-2", cancel_makes_room_twice, 1, 1, 2, POOL_BLOCK)  \
	_("cancel-wakes-waits", cancel_wakes_waits, 1, 1, 2, POOL_BLOCK)        \
	_("cancel-beside-shutdown", cancel_beside_shutdown, 1, 1, 4,            \
	  POOL_BLOCK)                                                           \
	_("cancel-outer", cancel_outer, 1, 1, 2, POOL_BLOCK)                    \
	_("cancel-the-last", cancel_the_last, 1, 1, 4, POOL_BLOCK)              \
	/* shutdown */                                                          \
	_("shutdown-drain", shutdown_drain, 1, 1, 4, POOL_BLOCK)                \
	_("shutdown-drain-2", shutdown_drain, 0, 2, 4, POOL_BLOCK)              \
	_("shutdown-now", shutdown_now, 1, 1, 4, POOL_BLOCK)                    \
	_("shutdown-now-2", shutdown_now, 2, 2, 4, POOL_BLOCK)                  \
	_("shutdown-twice", shutdown_twice, 1, 1, 4, POOL_BLOCK)                \
	_("shutdown-twice-2", shutdown_twice, 1, 2, 4, POOL_BLOCK)              \
	_("shutdown-inside-drain", shutdown_inside_drain, 1, 1, 4, POOL_BLOCK)  \
	_("shutdown-inside-now", shutdown_inside_now, 1, 1, 4, POOL_BLOCK)      \
	_("shutdown-inside-by-two", shutdown_inside_by_two, 2, 2, 4,            \
	  POOL_BLOCK)                                                           \
	_("shutdown-idle", shutdown_idle, 3, 3, 2, POOL_BLOCK)                  \
	_("shutdown-idle-4", shutdown_idle, 4, 5, 2, POOL_BLOCK)                \
	_("shutdown-wakes-submits", shutdown_wakes_submits, 1, 1, 1,            \
	  POOL_BLOCK)                                                           \
	_("shutdown-in-time", shutdown_in_time, 1, 1, 4, POOL_BLOCK)            \
	/* nested: waits and submits from inside tasks */                       \
	_("nested-deep", nested_deep, 1, 1, 4, POOL_BLOCK)                      \
	_("nested-deep-2", nested_deep, 2, 2, 4, POOL_BLOCK)                    \
	_("nested-fan", nested_fan, 1, 1, 4, POOL_BLOCK)                        \
	_("nested-fan-2", nested_fan, 1, 2, 4, POOL_BLOCK)                      \
	_("nested-shared", nested_shared, 2, 2, 4, POOL_BLOCK)                  \
	_("nested-chain", nested_chain, 2, 2, 4, POOL_BLOCK)                    \
	_("nested-chain-3", nested_chain, 1, 3, 4, POOL_BLOCK)                  \
	_("nested-full", nested_fan, 1, 1, 1, POOL_BLOCK)                       \
	_("nested-full-2", nested_two_fans, 2, 2, 1, POOL_BLOCK)                \
	_("nested-beside-cancel", nested_beside_cancel, 2, 2, 4, POOL_BLOCK)    \
	_("nested-beside-shutdown", nested_beside_shutdown, 1, 2, 4,            \
	  POOL_BLOCK)                                                           \
	/* policies */                                                          \
	_("policy-block", policy_two_submitters, 1, 1, 1, POOL_BLOCK)           \
	_("policy-block-2", policy_two_submitters, 1, 2, 2, POOL_BLOCK)         \
	_("policy-block-held", policy_held, 1, 1, 1, POOL_BLOCK)                \
	_("policy-reject", policy_two_submitters, 1, 1, 1, POOL_REJECT)         \
	_("policy-reject-2", policy_two_submitters, 0, 2, 1, POOL_REJECT)       \
	_("policy-caller-runs", policy_two_submitters, 1, 1, 1,                 \
	  POOL_CALLER_RUNS)                                                     \
	_("policy-caller-runs-2", policy_two_submitters, 2, 2, 1,               \
	  POOL_CALLER_RUNS)                                                     \
	_("policy-caller-shutdown", policy_caller_shutdown, 1, 1, 1,            \
	  POOL_CALLER_RUNS)                                                     \
	/* futures that are freed early, or late */                             \
	_("freed-beside-task", freed_beside_task, 1, 1, 4, POOL_BLOCK)          \
	_("freed-inside-task", freed_inside_task, 1, 1, 4, POOL_BLOCK)          \
	_("freed-after-pool", freed_after_pool, 1, 2, 4, POOL_BLOCK)            \
	_("freed-beside-cancel", freed_beside_cancel, 1, 1, 4, POOL_BLOCK)      \
	_("freed-beside-shutdown", freed_beside_shutdown, 1, 2, 4, POOL_BLOCK)  \
	_("freed-beside-pool", freed_beside_pool, 1, 2, 4, POOL_BLOCK)          \
	/* all at once, for races */                                            \
	_("everything", everything, 1, 2, 2, POOL_BLOCK)                        \
	_("everything-reject", everything, 0, 2, 1, POOL_REJECT)                \
	_("everything-caller-runs", everything, 1, 2, 1, POOL_CALLER_RUNS)

#endif
