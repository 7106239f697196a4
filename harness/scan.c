/*
 * scan.c - see scan.h
 *
 * One pass over the source, character by character, with just enough of C to
 * know comments, literals, attributes, directives and file scope. Lines that
 * are continued by a backslash are put together first, as a compiler does, so
 * that a name cannot hide across two lines.
 */
#include "scan.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"

/* Where a name has to stand to matter. */
enum where {
	ANYWHERE,
	IN_ATTRIBUTE,  /* __attribute__((here)), [[here]], or a directive */
	AT_FILE_SCOPE, /* a function that is declared or defined, a macro */
};

/* Names in the source; '*' at the end stands for anything. */
static const struct name_rule {
	const char *name;
	enum where where;
	const char *kind;
	const char *message;
} name_rules[] = {
	{ "__tsan_*", ANYWHERE, "sanitizer-hook", "speaks to ThreadSanitizer" },
	{ "__asan_*", ANYWHERE, "sanitizer-hook",
	  "speaks to AddressSanitizer" },
	{ "__lsan_*", ANYWHERE, "sanitizer-hook", "speaks to LeakSanitizer" },
	{ "__ubsan_*", ANYWHERE, "sanitizer-hook",
	  "speaks to UndefinedBehaviorSanitizer" },
	{ "__sanitizer_*", ANYWHERE, "sanitizer-hook",
	  "speaks to the sanitizers' runtime" },
	{ "__interceptor_*", ANYWHERE, "sanitizer-hook",
	  "goes around a sanitizer" },
	{ "no_sanitize*", ANYWHERE, "sanitizer-hook",
	  "keeps code away from a sanitizer" },
	{ "__no_sanitize*", ANYWHERE, "sanitizer-hook",
	  "keeps code away from a sanitizer" },
	{ "disable_sanitizer_instrumentation", ANYWHERE, "sanitizer-hook",
	  "keeps code away from a sanitizer" },
	{ "__disable_sanitizer_instrumentation__", ANYWHERE, "sanitizer-hook",
	  "keeps code away from a sanitizer" },

	{ "__wrap_*", ANYWHERE, "runtime-hook",
	  "takes the place of another function when linked" },
	{ "__real_*", ANYWHERE, "runtime-hook",
	  "takes the place of another function when linked" },
	{ "malloc", AT_FILE_SCOPE, "runtime-hook", "redefines malloc()" },
	{ "calloc", AT_FILE_SCOPE, "runtime-hook", "redefines calloc()" },
	{ "realloc", AT_FILE_SCOPE, "runtime-hook", "redefines realloc()" },
	{ "free", AT_FILE_SCOPE, "runtime-hook", "redefines free()" },
	{ "exit", AT_FILE_SCOPE, "runtime-hook", "redefines exit()" },
	{ "_exit", AT_FILE_SCOPE, "runtime-hook", "redefines _exit()" },
	{ "abort", AT_FILE_SCOPE, "runtime-hook", "redefines abort()" },
	{ "read", AT_FILE_SCOPE, "runtime-hook", "redefines read()" },
	{ "write", AT_FILE_SCOPE, "runtime-hook", "redefines write()" },
	{ "nanosleep", AT_FILE_SCOPE, "runtime-hook", "redefines nanosleep()" },
	{ "clock_gettime", AT_FILE_SCOPE, "runtime-hook",
	  "redefines clock_gettime()" },
	{ "clock_nanosleep", AT_FILE_SCOPE, "runtime-hook",
	  "redefines clock_nanosleep()" },
	{ "pthread_*", AT_FILE_SCOPE, "runtime-hook",
	  "takes the place of a function of pthread" },

	{ "constructor", IN_ATTRIBUTE, "early-code",
	  "runs code before main()" },
	{ "__constructor__", IN_ATTRIBUTE, "early-code",
	  "runs code before main()" },
	{ "destructor", IN_ATTRIBUTE, "early-code", "runs code after main()" },
	{ "__destructor__", IN_ATTRIBUTE, "early-code",
	  "runs code after main()" },
	{ "ifunc", IN_ATTRIBUTE, "early-code",
	  "chooses a function by code that runs before main()" },
	{ "__ifunc__", IN_ATTRIBUTE, "early-code",
	  "chooses a function by code that runs before main()" },
	{ "init_array", IN_ATTRIBUTE, "early-code", "runs code before main()" },
	{ "preinit_array", IN_ATTRIBUTE, "early-code",
	  "runs code before main()" },

	/* What a compiler makes of these it does not tell a sanitizer. */
	{ "__builtin_ia32_movnt*", ANYWHERE, "uninstrumented",
	  "writes to memory unseen" },
	{ "_mm_stream_*", ANYWHERE, "uninstrumented",
	  "writes to memory unseen" },
	{ "pch_preprocess", IN_ATTRIBUTE, "uninstrumented",
	  "brings code that is compiled already" },

	{ "naked", IN_ATTRIBUTE, "inline-assembly",
	  "has a function that is assembly language" },
	{ "__naked__", IN_ATTRIBUTE, "inline-assembly",
	  "has a function that is assembly language" },
	{ "asm", ANYWHERE, "inline-assembly", "has assembly language in it" },
	{ "__asm", ANYWHERE, "inline-assembly", "has assembly language in it" },
	{ "__asm__", ANYWHERE, "inline-assembly",
	  "has assembly language in it" },
};

/* Names of files, as fnmatch(3) has them; letters of either case. */
static const struct file_rule {
	const char *pattern;
	const char *kind;
	const char *message;
} file_rules[] = {
#define BUILD_SCRIPT "build-script", "a build script; never run"
	{ "makefile", BUILD_SCRIPT },
	{ "gnumakefile", BUILD_SCRIPT },
	{ "*.mk", BUILD_SCRIPT },
	{ "cmakelists.txt", BUILD_SCRIPT },
	{ "*.cmake", BUILD_SCRIPT },
	{ "*.ninja", BUILD_SCRIPT },
	{ "meson.build", BUILD_SCRIPT },
	{ "configure", BUILD_SCRIPT },
	{ "build.*", BUILD_SCRIPT },
	{ "*.sh", BUILD_SCRIPT },
#undef BUILD_SCRIPT
#define COMPILED "prebuilt-object", "compiled already; never used"
	{ "*.o", COMPILED },
	{ "*.obj", COMPILED },
	{ "*.a", COMPILED },
	{ "*.so", COMPILED },
	{ "*.so.*", COMPILED },
	{ "*.gch", COMPILED },
	{ "*.pch", COMPILED },
#undef COMPILED
};

/* First bytes of files that are compiled already, whatever their names. */
static const char *const compiled_magic[] = {
	"\177ELF", "!<arch>\n", /* ar(5) */
	"!<thin>\n",
	"gpch", /* GCC's precompiled headers, gcc/c-family/c-pch.cc */
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

void scan_flag(json_t *flags, const char *kind, const char *path, unsigned line,
	       const char *message)
{
	json_t *flag = json_pack("{ss, ss, ss}", "kind", kind, "file", path,
				 "message", message);

	CHECK(flag != NULL);
	if (line)
		CHECK(json_object_set_new(flag, "line", json_integer(line)) ==
		      0);
	CHECK(json_array_append_new(flags, flag) == 0);
}

void scan_file(const char *path, const char *head, size_t size, json_t *flags)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < COUNT(file_rules); i++)
		if (fnmatch(file_rules[i].pattern, name, FNM_CASEFOLD) == 0) {
			scan_flag(flags, file_rules[i].kind, path, 0,
				  file_rules[i].message);
			return;
		}
	for (size_t i = 0; i < COUNT(compiled_magic); i++) {
		size_t length = strlen(compiled_magic[i]);

		if (size >= length &&
		    memcmp(head, compiled_magic[i], length) == 0) {
			scan_flag(flags, "prebuilt-object", path, 0,
				  "compiled already; never used");
			return;
		}
	}
}

/* The state of one pass. */
struct scan {
	const char *at, *end;
	unsigned line;
	unsigned braces, parens;  /* how deep */
	unsigned attribute_depth; /* parens where an attribute or asm began */
	bool attribute;           /* in one, or just before its paren */
	bool brackets;            /* between [[ and ]] */
	bool directive;           /* in a line that starts with # */
	bool directive_named;     /* and its first word was seen */
	bool defined;             /* the name before was #define's */
	bool line_start;          /* only blanks on this line so far */
	const char *path;
	json_t *flags;
	bool seen[COUNT(name_rules)];
	struct scan_result result;
};

/* Pass over a backslash and newline, which are as if they were not there. */
static void skip_splices(struct scan *scan)
{
	for (;;) {
		size_t left = (size_t)(scan->end - scan->at);

		if (left >= 2 && memcmp(scan->at, "\\\n", 2) == 0)
			scan->at += 2;
		else if (left >= 3 && memcmp(scan->at, "\\\r\n", 3) == 0)
			scan->at += 3;
		else
			return;
		scan->line++;
	}
}

/* The character to come, 0 at the end; a NUL in the text is a blank. */
static char peek(struct scan *scan)
{
	skip_splices(scan);
	if (scan->at == scan->end)
		return '\0';
	return *scan->at ? *scan->at : ' ';
}

static char next(struct scan *scan)
{
	char c = peek(scan);

	if (c)
		scan->at++;
	if (c == '\n')
		scan->line++;
	return c;
}

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static bool name_matches(const char *rule, const char *name)
{
	size_t length = strlen(rule);

	if (rule[length - 1] == '*')
		return strncmp(rule, name, length - 1) == 0;
	return strcmp(rule, name) == 0;
}

/* Behind a slash. */
static void take_comment(struct scan *scan)
{
	char last = '\0';

	if (peek(scan) == '/') {
		while (peek(scan) && peek(scan) != '\n')
			(void)next(scan);
	} else if (peek(scan) == '*') {
		(void)next(scan);
		for (char c = next(scan); c && !(last == '*' && c == '/');
		     c = next(scan))
			last = c;
	}
}

/* The character to come behind blanks and comments. */
static char peek_word(struct scan *scan)
{
	char c = peek(scan);

	while (isspace((unsigned char)c) || c == '/') {
		(void)next(scan);
		if (c == '/')
			take_comment(scan);
		c = peek(scan);
	}
	return c;
}

/* A type of pthread may stand before a parenthesis, too. */
static bool names_type(const char *name)
{
	size_t length = strlen(name);

	return length > 2 && strcmp(name + length - 2, "_t") == 0;
}

static bool place_matches(const struct scan *scan, enum where where,
			  const char *name)
{
	struct scan ahead;

	switch (where) {
	case ANYWHERE:
		return true;
	case IN_ATTRIBUTE:
		return scan->attribute || scan->brackets || scan->directive;
	case AT_FILE_SCOPE:
		if (scan->directive)
			return scan->defined;
		ahead = *scan;
		return scan->braces == 0 && scan->parens == 0 &&
		       peek_word(&ahead) == '(' && !names_type(name);
	}
	return false;
}

/* Whether what comes behind a function's name is more than its declaration. */
static bool has_body(const struct scan *scan)
{
	struct scan ahead = *scan;
	unsigned depth = 0;
	char c;

	do {
		c = peek_word(&ahead);
		(void)next(&ahead);
		depth += c == '(';
		depth -= c == ')';
	} while (c && depth > 0);
	c = peek_word(&ahead);
	return c != ';' && c != ',' && c != '\0';
}

/* What stands for a function by the preprocessor's doing is still code that
 * the explorer sees; and what the linker would not have is not its business. */
static bool blinds_explorer(const struct scan *scan,
			    const struct name_rule *rule)
{
	if (strcmp(rule->kind, "runtime-hook") != 0 || rule->where == ANYWHERE)
		return true;
	return strcmp(rule->name, "pthread_*") == 0 && !scan->directive &&
	       has_body(scan);
}

static void check_name(struct scan *scan, const char *name, unsigned line)
{
	struct scan_result *result = &scan->result;

	for (size_t i = 0; i < COUNT(name_rules); i++) {
		const struct name_rule *rule = &name_rules[i];
		char message[256];

		if (!name_matches(rule->name, name) ||
		    !place_matches(scan, rule->where, name))
			continue;
		(void)snprintf(message, sizeof message, "%.80s: %s", name,
			       rule->message);
		if (!result->unsearchable && blinds_explorer(scan, rule)) {
			result->unsearchable = text_format("%s", message);
			result->unsearchable_line = line;
		}
		if (scan->seen[i])
			continue;
		scan->seen[i] = true;
		if (strcmp(rule->kind, "sanitizer-hook") == 0)
			result->hooks_sanitizer = true;
		scan_flag(scan->flags, rule->kind, scan->path, line, message);
	}
}

/* Longer names are cut; no rule's is half as long. */
static void take_name(struct scan *scan)
{
	unsigned line = scan->line;
	char name[128];
	size_t used = 0;

	while (is_name_character(peek(scan))) {
		char c = next(scan);

		if (used < sizeof name - 1)
			name[used++] = c;
	}
	name[used] = '\0';
	check_name(scan, name, line);
	if (scan->directive && !scan->directive_named)
		scan->result.renames_lines |= strcmp(name, "line") == 0 ||
					      isdigit((unsigned char)*name);
	scan->directive_named = scan->directive;
	scan->defined = scan->directive && strcmp(name, "define") == 0;
	if (strncmp(name, "__attribute", 11) == 0 ||
	    strncmp(name, "__asm", 5) == 0 || strcmp(name, "asm") == 0) {
		scan->attribute = true;
		scan->attribute_depth = scan->parens;
	}
}

/* The strings of attributes and asm name symbols and sections: they count. */
static void take_literal(struct scan *scan, char quote)
{
	for (;;) {
		char c = peek(scan);

		if (c == '\0' || c == '\n')
			return;
		if (scan->attribute && is_name_character(c)) {
			take_name(scan);
			continue;
		}
		(void)next(scan);
		if (c == quote)
			return;
		if (c == '\\')
			(void)next(scan);
	}
}

static void close_paren(struct scan *scan)
{
	if (scan->parens > 0)
		scan->parens--;
	if (scan->parens <= scan->attribute_depth)
		scan->attribute = false;
}

static void end_line(struct scan *scan)
{
	/* Whatever a directive left open was its own. */
	if (scan->directive)
		scan->parens = 0;
	scan->directive = false;
	scan->directive_named = false;
	scan->defined = false;
	scan->line_start = true;
}

static void take_punctuation(struct scan *scan, char c)
{
	if (c == '"' || c == '\'')
		take_literal(scan, c);
	else if (c == '/')
		take_comment(scan);
	else if (c == '(')
		scan->parens++;
	else if (c == ')')
		close_paren(scan);
	else if (c == '[' && peek(scan) == '[')
		scan->brackets = true;
	else if (c == ']' && peek(scan) == ']')
		scan->brackets = false;
	else if (c == '{' && !scan->directive)
		scan->braces++;
	else if (c == '}' && !scan->directive && scan->braces > 0)
		scan->braces--;
	else if (c == ';')
		scan->attribute = false;
}

struct scan_result scan_source(const char *path, const char *text, size_t size,
			       json_t *flags)
{
	struct scan scan = {
		.at = text,
		.end = text + size,
		.line = 1,
		.line_start = true,
		.path = path,
		.flags = flags,
	};

	for (char c = peek(&scan); c; c = peek(&scan)) {
		if (is_name_character(c)) {
			scan.line_start = false;
			take_name(&scan);
			continue;
		}
		(void)next(&scan);
		if (c == '\n') {
			end_line(&scan);
		} else if (scan.line_start &&
			   (c == '#' || (c == '%' && peek(&scan) == ':'))) {
			scan.directive = true;
		} else if (!isspace((unsigned char)c)) {
			/* A comment leaves the start of the line a start. */
			scan.line_start = scan.line_start && c == '/';
			take_punctuation(&scan, c);
		}
	}
	return scan.result;
}
