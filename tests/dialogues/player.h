/*
 * player.h - harness, keeper and program, played to a judge
 *
 * Everything of assay/judge.h and assay/keeper.h that a dialogue needs:
 * parameters, answers to probes, the keeper's commands, two pipes. The program
 * behind them is lines that are known beforehand. player.py is the same around
 * a real program; this is what thousands of dialogues go through.
 */
#ifndef TESTS_DIALOGUES_PLAYER_H
#define TESTS_DIALOGUES_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A plan, as hostile.py writes it: this, the parameters, and then each start
 * of the program's, and one more if has_more: what it does when it is started
 * more often. A start is a count of lines (uint32_t), and each line a struct
 * player_line and its bytes. Nothing is aligned.
 */
struct player_plan {
	uint32_t patience_ms; /* for the judge; then it hangs */
	uint32_t params_size;
	uint32_t starts;
	uint16_t stays; /* behind its last line it waits for input; or ends */
	uint16_t has_more;
};

enum player_then { PLAYER_GOES_ON, PLAYER_ENDS, PLAYER_IS_SILENT };

struct player_line {
	uint32_t after; /* comes once so many lines were sent to this start */
	uint32_t then;
	int32_t exit_status, signal; /* PLAYER_ENDS */
	uint32_t size;
};

/* What came of it, written by player_play(); the last verdict and the judge's
 * log come behind. */
struct player_outcome {
	int32_t status; /* of the judge, as waitpid() has it */
	uint32_t hung;
	uint32_t verdict_size;
	uint32_t log_size;
};

/* The judge's ends, in the order of server.c's targets. */
enum player_end {
	PLAYER_EVENTS,
	PLAYER_VERDICT,
	PLAYER_CHANNEL,
	PLAYER_HISTORY,
	PLAYER_INPUT,
	PLAYER_OUTPUT,
	PLAYER_LOG,
	PLAYER_ENDS_MAX
};

/* Where the judge comes from. */
struct player_judge {
	/* It gets @ends, which stay the caller's. False: the host could not. */
	bool (*start)(void *data, const int *ends);
	/* Whether it has ended, and how, as waitpid() has it. */
	bool (*ended)(void *data, int *ret_status);
	/* The same after having made it end. */
	int (*kill)(void *data);
	void *data;
};

/** Play the plan in the file @fd to a judge. In the file is the outcome then. 0,
 * or -1 if the host could not. */
int player_play(int fd, const struct player_judge *judge);

#endif
