/*
 * keeper.h - the contract between a judge and the keeper of a dialogue
 *
 * The keeper is a small program of the kit's that runs in the candidate's box
 * in front of the candidate's program. It starts that program with the two
 * pipes as its standard input and output, ASSAY_KEEPER_STATE as an empty folder
 * in its working folder, and nothing else of its own; kills it, and everything
 * it has left running, with SIGKILL; and starts it again.
 *
 *   judge  --keeper_command-->  keeper     SOCK_SEQPACKET, on the channel
 *   judge  <--keeper_event---   keeper
 *   judge  <== two pipes ==>    the program
 *
 * The program runs as the same user in the same box, so it can end the keeper:
 * then the channel closes, which is its own doing. What the keeper says could
 * be forged only by who has its descriptor, which it gives to nobody.
 *
 *   KEEPER_START  starts the program. Only while none runs.
 *   KEEPER_KILL   kills it with all it has left running, then throws away what
 *                 it had not read of its input. Answered by one KEEPER_ENDED
 *                 of its own, also when it had ended before: .kills tells.
 *   KEEPER_CLEAR  puts an empty folder "state" in place of what is there. Only
 *                 while none runs. Not answered; the next start comes after it,
 *                 and fails if it did.
 *   KEEPER_STARTED  it has been started (exec succeeded).
 *   KEEPER_ENDED  it is dead, all it left running as well, and whatever it
 *                 wrote lies in the pipe. Comes by itself when it ends by
 *                 itself or could not be started, and for each KEEPER_KILL.
 *
 * When the judge closes the channel, the keeper kills what runs and exits with
 * 0. When it closes the input pipe, the program sees the end of its input. A
 * keeper that exits with anything else could not work on this host, or its
 * judge did not keep to this; a program cannot make it do so.
 */
#ifndef ASSAY_KEEPER_H
#define ASSAY_KEEPER_H

#include <stdint.h>

#define ASSAY_KEEPER_STATE "state"

enum keeper_message {
	KEEPER_START = 1,
	KEEPER_KILL,
	KEEPER_CLEAR,
	KEEPER_STARTED,
	KEEPER_ENDED,
};

struct keeper_command {
	uint32_t type;
};

struct keeper_event {
	uint32_t type;
	int32_t exit_status; /* KEEPER_ENDED: -1 if a signal killed it */
	int32_t signal;      /* KEEPER_ENDED: 0 if it exited */
	int32_t error;  /* KEEPER_ENDED: errno if it could not be started */
	uint32_t kills; /* how many KEEPER_KILL have been obeyed */
	uint32_t zero;
	uint64_t start; /* how many starts there have been, from 1 */
};

#endif
