/*
 * fuzz_judge.c - a judge between the harness and a candidate's program
 *
 * The program holds the other end of the judge's channel and may write there
 * what it likes. An input is the size of the message that the judge expects,
 * the harness's lines, a NUL, and the program's messages, each behind its
 * length.
 *
 * A judge ends its process when it has decided. Here exit() comes back by
 * longjmp(): the linker is told to --wrap it, and calloc() with it, by which
 * the judge's own memory is found again. What else it held when it ended is
 * lost, some hundred bytes, so leaks are not looked for here.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <assay/judge.h>

#include "judge.h"
#include "judge_inner.h"

#define MESSAGE_MAX 512
#define MESSAGES_MAX 32
#define HISTORY_BYTES (HISTORY_LOGS * 256)

const char *__asan_default_options(void);
void __real_exit(int status) __attribute__((noreturn));
void __wrap_exit(int status) __attribute__((noreturn));
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static jmp_buf ended;
static bool judging;
static struct judge *judge;

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

void __wrap_exit(int status)
{
	if (!judging)
		__real_exit(status);
	judging = false;
	longjmp(ended, 1 + status);
}

void *__wrap_calloc(size_t count, size_t size)
{
	void *memory = __real_calloc(count, size);

	if (judging && size == sizeof *judge)
		judge = memory;
	return memory;
}

/* ---- what a judge finds on its descriptors ---- */

/* Put @from where a judge looks for it. */
static void place(int from, int at)
{
	CHECK(dup2(from, at) == at);
	CHECK(close(from) == 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	/* Nothing else may come to be there. */
	for (int fd = ASSAY_JUDGE_VERDICT_FD; fd <= ASSAY_JUDGE_HISTORY_FD;
	     fd++)
		CHECK(dup2(STDIN_FILENO, fd) == fd);
	return 0;
}

/* Returns the harness's end; without a line the harness has gone: -1. */
static int send_events(const char *lines)
{
	size_t size = strlen(lines);
	int ends[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	CHECK(send(ends[1], lines, size, MSG_DONTWAIT) == (ssize_t)size);
	place(ends[0], STDIN_FILENO);
	if (strchr(lines, '\n'))
		return ends[1];
	(void)close(ends[1]);
	return -1;
}

/* Returns the program's end. */
static int send_messages(struct fuzz_input *input)
{
	int ends[2];

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	for (int i = 0; fuzz_left(input) > 0 && i < MESSAGES_MAX; i++) {
		size_t length = 4u * fuzz_byte(input), got;
		const char *bytes = fuzz_bytes(input, length, &got);

		CHECK(send(ends[1], bytes, got, MSG_DONTWAIT) == (ssize_t)got);
	}
	place(ends[0], ASSAY_JUDGE_CHANNEL_FD);
	return ends[1];
}

/* ---- the judge ---- */

/* What judges do: parameters, messages until there are no more, history. */
static void run(size_t size)
{
	struct judge_patience patience = { 0, UINT64_MAX };
	unsigned char message[MESSAGE_MAX];
	struct history history;
	enum judge_event event;

	(void)judge_start();
	(void)judge_test(judge);
	(void)judge_seed(judge);
	judge->history_bytes = HISTORY_BYTES;
	do
		event = judge_wait(judge, JUDGE_CANDIDATE, message, size,
				   &patience);
	while (event == JUDGE_MESSAGE);
	CHECK(event == JUDGE_ENDED || event == JUDGE_TIMEOUT);
	CHECK((event == JUDGE_ENDED) == !!*judge_ending(judge));
	judge_history(judge, &history);
	CHECK(history.count == 0);
	history_release(&history);
	if (judge_ended_well(judge))
		judge_pass(judge, 1);
	judge_fail(judge, "%s", judge_ending(judge));
}

/* Exit status 0 is one verdict that the harness takes, 2 is none. */
static void check_verdict(int status)
{
	char text[4096];
	ssize_t got = pread(ASSAY_JUDGE_VERDICT_FD, text, sizeof text, 0);
	json_t *verdict = NULL;

	CHECK(got >= 0 && (size_t)got < sizeof text);
	CHECK(status == 0 || status == 2);
	CHECK((status == 0) == (got > 0));
	if (got == 0)
		return;
	CHECK(text[got - 1] == '\n');
	verdict = json_loadb(text, (size_t)got, JSON_REJECT_DUPLICATES, NULL);
	CHECK(verdict);
	CHECK(json_is_string(json_object_get(verdict, "message")));
	json_decref(verdict);
}

static void forget_judge(void)
{
	json_decref(judge->params);
	free(judge);
	judge = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	size_t expected = 1 + 2u * fuzz_byte(&input);
	AUTO_FREE char *events = fuzz_string(&input);
	int harness = send_events(events);
	int program = send_messages(&input);
	static const char zeroes[HISTORY_BYTES];
	int status;

	place(fuzz_file("", 0), ASSAY_JUDGE_VERDICT_FD);
	place(fuzz_file(zeroes, sizeof zeroes), ASSAY_JUDGE_HISTORY_FD);
	judging = true;
	status = setjmp(ended);
	if (status == 0)
		run(expected);
	check_verdict(status - 1);
	forget_judge();
	(void)close(harness);
	(void)close(program);
	return 0;
}
