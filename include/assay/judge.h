/*
 * judge.h - the contract between the harness, a judge and a driver
 *
 * A judge is an executable of the exercise's. It runs in a box of its own and
 * decides; the candidate's program runs in another box and is only observed.
 *
 *   harness --events-->  judge  <==channel==>  driver + submission
 *      ^                 |                        |
 *      +----verdict------+       <--history-------+   (shared memory)
 *
 * Events, JSON lines on the judge's standard input:
 *   first, always
 *   {"type":"params","test":ID,"seed":N,"repetition":K,"baseline":BOOL,
 *    "history_bytes":N,"params":{...the test's own...}}
 *   an answer to each {"type":"probe"} the judge wrote
 *   {"type":"probe","cpu_us":N,"threads":N,"running":N,"alive":BOOL}
 *   an answer to each {"type":"threads"} the judge wrote
 *   {"type":"threads","alive":BOOL,"for_good":BOOL}
 *   once, when the candidate's program has ended and all of it is dead
 *   {"type":"ended","outcome":NAME,"exit_status":N,"signal":N,
 *    "wall_us":N,"cpu_us":N}
 *
 * Verdict, JSON lines on ASSAY_JUDGE_VERDICT_FD:
 *   {"type":"probe"}                      ask for a measurement, any time
 *   {"type":"threads"}                    have the box note what every thread
 *                                         is doing, for the report
 *   {"type":"metric","name":S,"value":N,"unit":S}
 *   {"type":"trace","title":S,"lines":[S,...]}
 *                                         ASSAY_JUDGE_SCHEDULE as the title:
 *                                         not for people, see below
 *   {"type":"verdict","status":"pass"|"fail","score":0..1,"property":S,
 *    "message":S,"stuck":BOOL,"crashed":BOOL,"late":BOOL,
 *    "expected":any,"actual":any}
 * Exactly one verdict, as the last line. None, two, or a crash of the judge
 * is inconclusive unless the candidate's own end explains it.
 *
 * "for_good" is true when every thread sleeps on what only the program itself
 * could release, or waits to be told something by a descriptor that it was
 * started with. A "fail" that is "stuck" says that the program hangs and that
 * there is nothing more to tell it: together that is a "deadlock". It counts
 * only if the last answer of this kind had "for_good".
 *
 * A "fail" that is "crashed" says that the program of a dialogue, which ends in
 * front of the judge only, ended by itself by a signal or with another status
 * than 0: that is a "crash". The box has noted where, if it was told
 * (assay/crash.h).
 *
 * A "fail" that is "late" is one for time alone: a program that does the same
 * sooner would not have failed like that. Where others on the machine can be
 * why, the run is done again without them, and only that counts.
 *
 * A "dialogue" is a program that talks in lines on its standard input and
 * output, and need not know of judges or drivers. The judge holds the other
 * ends of these two pipes. What is started is the keeper (assay/keeper.h), which
 * starts, kills and starts the program again as the judge has it do over the
 * channel, in one box: what the program left in its folder "state" stays. The
 * judge may then also write
 *   {"type":"hold-syncs"}    from now on fsync() and its like do not return
 *   {"type":"release-syncs"} they do
 * and answers to probes, which are in order with these, also have
 *   "syncs":N       such calls begun so far, those that wait included
 *   "syncs_held":N  of these, how many wait
 *
 * "cpu_us" is the processor time of the candidate's whole process tree as the
 * kernel accounts it, "threads" how many threads it has now, "running" how
 * many of these are not asleep; in a dialogue the keeper is one of them, and
 * asleep. Seeds are below 2^53, so that every JSON
 * reader keeps them exact.
 *
 * In a test of variant "explore" the submission's program runs twice, in two
 * boxes that know nothing of each other: as the candidate, and as the second
 * program, in which the judge can have happen again what it found in the first.
 * How the second ends decides nothing. It stays when the candidate has ended,
 * until the judge has. The folder that the judge starts in then has
 *
 *   candidate     the submission's program, as a file to look places up in
 *   submission/   the files that this was built from
 *
 * and a trace that is called ASSAY_JUDGE_SCHEDULE is a schedule that the
 * test's parameter "replay" takes, its lines joined by newlines.
 */
#ifndef ASSAY_JUDGE_H
#define ASSAY_JUDGE_H

/* Descriptors of a judge; 0 is the events, 1 and 2 are its log. */
#define ASSAY_JUDGE_VERDICT_FD 3
#define ASSAY_JUDGE_CHANNEL_FD 4  /* SOCK_SEQPACKET, to the driver */
#define ASSAY_JUDGE_HISTORY_FD 5  /* what the driver recorded; read only */
/* The same two for a second program: the reference solution of a baseline
 * test, or in a test of variant "explore" the submission once more. */
#define ASSAY_JUDGE_BASELINE_CHANNEL_FD 6
#define ASSAY_JUDGE_BASELINE_HISTORY_FD 7

/* The two pipes of a dialogue, and those of a second program. */
#define ASSAY_JUDGE_INPUT_FD 8   /* what the program reads, to write to */
#define ASSAY_JUDGE_OUTPUT_FD 9  /* what it wrote, to read from */
#define ASSAY_JUDGE_BASELINE_INPUT_FD 10
#define ASSAY_JUDGE_BASELINE_OUTPUT_FD 11

#define ASSAY_JUDGE_SCHEDULE "trace"

/* Descriptors of a driver, and of a keeper; 0 is empty, 1 and 2 are captured
 * and bounded. In a dialogue 0 and 1 are the two pipes. */
#define ASSAY_DRIVER_CHANNEL_FD 3
#define ASSAY_DRIVER_HISTORY_FD 4

/* Longest line a judge may write, and the most lines, per run. */
#define ASSAY_JUDGE_LINE_MAX (256 * 1024)
#define ASSAY_JUDGE_LINES_MAX 10000

/* Every seed is in [0, ASSAY_SEED_MAX]. */
#define ASSAY_SEED_MAX ((1ULL << 53) - 1)

#endif
