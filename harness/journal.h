/*
 * journal.h - what a batch has done so far, in its result folder
 *
 * DIR/journal.jsonl has JSON lines and is only ever appended to, so that a
 * batch that was killed can go on where it was. A line that says that a
 * submission is graded is written after its report is on the disk; a line
 * that was cut by a kill or a power cut is none. One process at a time may
 * write: it holds an flock() on the file, which the kernel takes away with
 * the process.
 *
 *   {"type":"batch","journal_version":1,"assay":VERSION,"started":TIME,
 *    "options":{"exercise","language","hidden","require"},
 *    "ids","shard","total","regrade_of"}                      the first line
 *   {"type":"graded","path","id","content","seconds","line"}
 *   {"type":"error","path","message"}         not graded: tried on a resume
 *   {"type":"audit","id","same","first","again","tests"}  graded a second
 *                                time; verdict digests, and tests that differ
 *   {"type":"resumed","started"}
 *   {"type":"end","graded"}
 *
 * "line" is the submission's line of summary.json, "content" the SHA-256 of
 * what was handed in. Of several "graded" lines of one id the last one holds.
 * Lines of other types are for later versions, and passed on as they are.
 */
#ifndef ASSAY_JOURNAL_H
#define ASSAY_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <assay/error.h>

#define JOURNAL_NAME "journal.jsonl"
#define JOURNAL_VERSION 1
#define JOURNAL_LINE_MAX (1u << 20) /* bytes, with the newline */

/* ---- lines ---- */

enum journal_kind {
	JOURNAL_BATCH,
	JOURNAL_GRADED,
	JOURNAL_ERROR,
	JOURNAL_AUDIT,
	JOURNAL_RESUMED,
	JOURNAL_END,
	JOURNAL_OTHER,
};

/* What decides a batch's verdicts; strings may be NULL. */
struct journal_batch {
	const char *exercise; /* as by --exercise */
	const char *language;
	const char *hidden; /* SHA-256 of the secret, hexadecimal */
	const char *require;
	const char *ids;   /* plan_digest() of all, also of other shards */
	const char *shard; /* "K/N" */
	const char *regrade_of;
	uint64_t total; /* submissions given, of all shards */
};

/* Each a new reference; never NULL (out of memory ends the process). */
json_t *journal_batch_line(const struct journal_batch *batch);
/** Takes @line over. */
json_t *journal_graded_line(const char *path, const char *id,
			    const char content[65], double seconds,
			    json_t *line);
json_t *journal_error_line(const char *path, const char *message);
/** Takes @tests over, an array of ids. */
json_t *journal_audit_line(const char *id, const char *first, const char *again,
			   json_t *tests);
json_t *journal_resumed_line(void);
json_t *journal_end_line(uint64_t graded);

/** The line as it is written, with its newline; free() it, never NULL. */
char *journal_text(const json_t *line);

/**
 * @size bytes without their newline as a line. Returns a new reference, or
 * NULL for what is damaged: no JSON object, no "type", or not what its type
 * has to have.
 */
json_t *journal_parse(const char *bytes, size_t size, enum journal_kind *kind);

/* ---- writing ---- */

struct journal;

/**
 * Open DIR's journal, made if it is not there, for this process alone; what
 * a kill has left behind the last whole line is cut off. -EBUSY: another
 * process has it, and the text says which. -EINVAL: something else is there,
 * or the journal of another version.
 */
int journal_open(const char *dir, struct journal **ret, struct error *err);
/** Gives the lock back. */
void journal_close(struct journal *journal);

/** The first line, borrowed; NULL: the journal is new and has none yet. */
const json_t *journal_batch(const struct journal *journal);

/** How many "graded" lines there were when it was opened. */
uint64_t journal_graded(const struct journal *journal);

/** Bytes that were cut off, and lines before that were passed over. */
uint64_t journal_torn(const struct journal *journal);
uint64_t journal_damaged(const struct journal *journal);

/** Begin with the line @batch, which it takes over; what was there goes. */
int journal_begin(struct journal *journal, json_t *batch, struct error *err);

/**
 * Append whole lines and wait until they are on the disk. After a failure
 * nothing of them is there, as far as the disk still lets anything be cut.
 */
int journal_append(struct journal *journal, const char *lines, size_t size,
		   struct error *err);
/** The same of one line, which it takes over. */
int journal_add(struct journal *journal, json_t *line, struct error *err);

/* ---- reading, without the lock ---- */

struct journal_reader;

/** Open the journal in DIR. -ENOENT: there is none. -EINVAL: as above. */
int journal_reader_open(const char *dir, struct journal_reader **ret,
			struct error *err);
void journal_reader_close(struct journal_reader *reader);

/** The first line, borrowed. */
const json_t *journal_reader_batch(const struct journal_reader *reader);

/* A line and where in the file it starts. */
struct journal_entry {
	enum journal_kind kind;
	json_t *json; /* the caller's: json_decref() */
	uint64_t offset;
};

/**
 * The next line behind the first. Returns 1, 0 at the end, or -errno. A line
 * that is damaged or longer than JOURNAL_LINE_MAX is passed over and counted;
 * one that does not end is the torn end, and neither.
 */
int journal_read(struct journal_reader *reader, struct journal_entry *entry,
		 struct error *err);

/** Damaged lines passed over so far. */
uint64_t journal_reader_damaged(const struct journal_reader *reader);
/** The offset behind the last whole line that was read. */
uint64_t journal_reader_end(const struct journal_reader *reader);

/** The line at @offset, a new reference, in any order. NULL: not any more. */
json_t *journal_read_at(const struct journal_reader *reader, uint64_t offset);

#endif
