/*
 * scenarios.h - the scenarios that the explorer runs, for both sides
 *
 * scenarios.c plays them beside the submission; test_explore.c, out of its
 * reach, judges what was recorded and has to know what each was played on.
 *
 * A name says who takes part: "2x1" is two putters and one taker.
 */
#ifndef BQ_SCENARIOS_H
#define BQ_SCENARIOS_H

/*
 * Name in exercise.json, function, capacity, and whether takes went on until
 * the queue was closed and empty, so that what no take returned is lost.
 */
#define BQ_SCENARIOS(_)                                                    \
	/* items change hands; the puts and takes are equal in number */   \
	_("1x1-capacity-1", items_1x1, 1, false)                           \
	_("1x2-capacity-2", items_1x2, 2, false)                           \
	_("2x2-capacity-1", items_2x2, 1, false)                           \
	_("3x3-capacity-1", items_3x3, 1, false)                           \
	_("2x2-capacity-2", items_2x2, 2, false)                           \
	_("2x2-uneven-capacity-2", items_2x2_uneven, 2, false)             \
	_("2x1-capacity-3", items_2x1, 3, false)                           \
	_("2x1-capacity-1", items_2x1, 1, false)                           \
	_("1x2-capacity-1", items_1x2, 1, false)                           \
	_("1x1-capacity-2", items_1x1, 2, false)                           \
	_("3x1-capacity-1", items_3x1, 1, false)                           \
	_("1x3-capacity-2", items_1x3, 2, false)                           \
	_("2x3-capacity-1", items_2x3, 1, false)                           \
	_("3x2-capacity-1", items_3x2, 1, false)                           \
	_("2x2-capacity-4", items_2x2, 4, false)                           \
	/* calls that never wait, and lengths */                           \
	_("tries-capacity-1", tries, 1, false)                             \
	_("tries-capacity-2", tries, 2, false)                             \
	_("full-or-empty-capacity-1", full_or_empty, 1, false)             \
	_("full-or-empty-capacity-2", full_or_empty, 2, false)             \
	_("lengths-capacity-1", lengths, 1, false)                         \
	_("lengths-capacity-2", lengths, 2, false)                         \
	/* the end */                                                      \
	_("close-takers", close_takers, 1, true)                           \
	_("close-putters", close_putters, 1, true)                         \
	_("close-both", close_both, 1, true)                               \
	_("close-twice", close_twice, 2, true)                             \
	_("close-after-puts", close_after_puts, 2, true)                   \
	_("close-beside-timeout", close_beside_timeout, 1, true)           \
	_("close-takers-capacity-3", close_takers, 3, true)                \
	_("close-both-capacity-2", close_both, 2, true)                    \
	_("close-twice-capacity-1", close_twice, 1, true)                  \
	_("close-after-puts-capacity-1", close_after_puts, 1, true)        \
	_("close-room-beside-timeout", close_room_beside_timeout, 1, true) \
	/* time */                                                         \
	_("late-item", late_item, 1, false)                                \
	_("late-item-capacity-2", late_item, 2, false)                     \
	_("late-room", late_room, 1, false)                                \
	_("late-alone", late_alone, 1, false)                              \
	_("late-twice", late_twice, 1, false)                              \
	_("late-twice-capacity-2", late_twice, 2, false)                   \
	_("clock-ahead", clock_ahead, 1, false)                            \
	_("clock-back", clock_back, 1, false)                              \
	_("clock-ahead-full", clock_ahead_full, 1, false)                  \
	_("clock-back-full", clock_back_full, 1, false)                    \
	_("woken-take", woken_take, 1, false)                              \
	_("woken-put", woken_put, 1, false)                                \
	_("times-short", times_short, 1, false)                            \
	_("times-long", times_long, 1, false)                              \
	_("times-long-full", times_long_full, 2, false)                    \
	_("times-longest", times_longest, 1, false)                        \
	/* memory */                                                       \
	_("given-back", given_back, 3, false)                              \
	_("no-memory", no_memory, 2, false)                                \
	_("no-such-memory", no_such_memory, 1, false)                      \
	/* all at once, for races */                                       \
	_("everything-capacity-1", everything, 1, true)                    \
	_("everything-capacity-2", everything, 2, true)

#endif
