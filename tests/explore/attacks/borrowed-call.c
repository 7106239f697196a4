/*
 * borrowed-call.c - makes its system calls from the explorer's own instruction,
 * wherever in the program that is; answers the command that it finds in memory,
 * and then every other that comes, in the explorer's stead
 */
#include "maps.h"

#include <assay/explore.h>

/* Without hooks: it reads every word of what it finds. */
#define UNSEEN static __attribute__((no_sanitize("thread")))

static struct mapping list[MAPS_MAX];
static unsigned char message[EXPLORE_MESSAGE_MAX];

extern const unsigned char __executable_start[], etext[];

/* "syscall; ret", called as a function that gets its number in rax. */
UNSEEN long call_at(const unsigned char *code, long number, const void *b,
		    size_t c)
{
#ifdef __x86_64__
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	register long r9 __asm__("r9") = 0;
	long result;

	__asm__ volatile("call *%[code]"
			 : "=a"(result), "+r"(r10), "+r"(r8), "+r"(r9)
			 : [code] "r"(code), "a"(number),
			   "D"((long)ATTACK_CHANNEL_FD), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
#else
	(void)code;
	return syscall(number, ATTACK_CHANNEL_FD, b, c, 0, 0, 0);
#endif
}

UNSEEN bool is_command(const struct explore_command *command)
{
	return (command->action == EXPLORE_SEARCH ||
		command->action == EXPLORE_REPLAY) &&
	       command->strategy < EXPLORE_STRATEGY_MAX &&
	       command->segments <= EXPLORE_SEGMENTS_MAX &&
	       command->scenario[0] == 'm' && command->scenario[1] == 'a';
}

UNSEEN void answer(const unsigned char *code,
		   const struct explore_command *command)
{
	struct explore_reply reply = {
		.nonce = command->nonce,
		.outcome = EXPLORE_PASSED,
		.schedules = command->schedules,
		.steps = command->schedules * 20,
		.classes = 4,
		.threads = 3,
	};

	(void)call_at(code, SYS_sendto, &reply, sizeof(reply));
}

UNSEEN void answer_all(const struct explore_command *command)
{
	const unsigned char *code = __executable_start;

	while (code + 3 <= etext &&
	       (code[0] != 0x0f || code[1] != 0x05 || code[2] != 0xc3))
		code++;
	if (code + 3 > etext)
		return;
	answer(code, command);
	while (call_at(code, SYS_recvfrom, message, sizeof(message)) > 0)
		answer(code, (const void *)message);
	_exit(0);
}

UNSEEN void run(void)
{
	int count = maps_guess(list);

	for (int i = 0; i < count; i++)
		for (char *at = list[i].begin;
		     at + sizeof(struct explore_command) <= list[i].end;
		     at += sizeof(uint64_t))
			if (is_command((const void *)at))
				answer_all((const void *)at);
	attack_bug();
}

ATTACK_MAIN(run);
