/*
 * Words that say nothing of who somebody is.
 */
#include <stdlib.h>
#include <string.h>

#include "names_parts.h"

/* What submissions, folders of them and licences have in their names; sorted. */
static const char *const generic[] = {
	"admin",        "anonymous",  "answer",       "answers",
	"apache",       "applicant",  "applicants",   "application",
	"applications", "archive",    "assay",        "assessment",
	"assignment",   "attempt",    "author",       "authors",
	"backend",      "branch",     "bsd",          "build",
	"candidate",    "candidates", "challenge",    "code",
	"coding",       "com",        "company",      "contributors",
	"copy",         "copyright",  "corp",         "cpp",
	"desktop",      "dev",        "developer",    "download",
	"downloads",    "draft",      "email",        "engineer",
	"engineering",  "exam",       "example",      "exercise",
	"exercises",    "final",      "fix",          "fixed",
	"foundation",   "frontend",   "git",          "github",
	"gitlab",       "gmail",      "gmbh",         "gnu",
	"gpl",          "group",      "guest",        "gz",
	"hand",         "handed",     "handin",       "home",
	"homework",     "hw",         "inbox",        "inc",
	"interview",    "interviews", "java",         "job",
	"jobs",         "junior",     "latest",       "lgpl",
	"licence",      "license",    "limited",      "llc",
	"localhost",    "ltd",        "mail",         "main",
	"master",       "mit",        "nobody",       "none",
	"null",         "project",    "projects",     "python",
	"reference",    "release",    "repo",         "repos",
	"repository",   "reserved",   "resubmission", "results",
	"review",       "rights",     "root",         "runner",
	"senior",       "software",   "solution",     "solutions",
	"source",       "sources",    "spdx",         "src",
	"starter",      "student",    "students",     "submission",
	"submissions",  "submit",     "submitted",    "takehome",
	"tar",          "task",       "tasks",        "team",
	"temp",         "test",       "tests",        "tgz",
	"tmp",          "todo",       "unknown",      "update",
	"updated",      "upload",     "uploads",      "user",
	"users",        "version",    "work",         "workspace",
	"zip",
};

/* Words of English and of programs that are parts of names too; sorted. */
static const char *const common[] = {
	"abort",  "all",   "an",    "and",   "any",   "are",   "art",
	"as",     "at",    "auto",  "back",  "be",    "been",  "bill",
	"bit",    "bool",  "both",  "break", "but",   "by",    "byte",
	"call",   "can",   "case",  "char",  "chase", "check", "class",
	"close",  "come",  "const", "core",  "cost",  "count", "data",
	"day",    "dead",  "did",   "die",   "do",    "done",  "down",
	"each",   "else",  "end",   "error", "ever",  "fail",  "false",
	"far",    "fast",  "fd",    "few",   "field", "file",  "first",
	"float",  "for",   "free",  "from",  "full",  "get",   "go",
	"had",    "has",   "have",  "he",    "head",  "her",   "here",
	"him",    "his",   "how",   "id",    "if",    "in",    "int",
	"into",   "io",    "is",    "it",    "its",   "job",   "join",
	"just",   "key",   "kind",  "last",  "late",  "leave", "left",
	"let",    "like",  "line",  "link",  "list",  "lock",  "long",
	"low",    "main",  "make",  "man",   "many",  "map",   "mark",
	"max",    "may",   "me",    "min",   "mine",  "more",  "most",
	"much",   "must",  "mutex", "my",    "name",  "new",   "next",
	"no",     "none",  "not",   "note",  "now",   "null",  "of",
	"off",    "ok",    "old",   "on",    "one",   "only",  "open",
	"or",     "order", "os",    "other", "our",   "out",   "over",
	"own",    "page",  "part",  "pass",  "peer",  "per",   "pool",
	"put",    "queue", "race",  "ran",   "rand",  "ray",   "read",
	"ready",  "rest",  "right", "rob",   "run",   "said",  "same",
	"saw",    "say",   "sea",   "see",   "self",  "send",  "set",
	"she",    "short", "show",  "size",  "skip",  "sleep", "small",
	"so",     "some",  "spin",  "stack", "start", "state", "still",
	"stop",   "such",  "take",  "tall",  "than",  "that",  "the",
	"their",  "them",  "then",  "there", "these", "they",  "this",
	"thread", "time",  "to",    "too",   "true",  "try",   "two",
	"under",  "union", "until", "up",    "us",    "use",   "value",
	"var",    "very",  "void",  "wait",  "wake",  "want",  "warning",
	"was",    "way",   "we",    "well",  "were",  "what",  "when",
	"where",  "which", "while", "who",   "why",   "will",  "with",
	"word",   "work",  "write", "yes",   "yet",   "you",   "your",
};

static int compare(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

/* "v2", and years, which most batches have in their names. */
static bool is_version(const char *word)
{
	return (*word == 'v' &&
		strspn(word + 1, "0123456789") == strlen(word + 1)) ||
	       (strlen(word) == 8 &&
		(strncmp(word, "20", 2) == 0 || strncmp(word, "19", 2) == 0) &&
		strspn(word, "0123456789") == 8);
}

bool names_is_generic(const char *word)
{
	return is_version(word) ||
	       bsearch(&word, generic, sizeof generic / sizeof *generic,
		       sizeof *generic, compare) != NULL;
}

bool names_is_common(const char *word)
{
	return bsearch(&word, common, sizeof common / sizeof *common,
		       sizeof *common, compare) != NULL;
}
