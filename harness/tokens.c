/*
 * tokens.c - see tokens.h
 *
 * One pass, character by character; a backslash before the end of a line is
 * not there, as for a compiler. What is no token of the language is a token all
 * the same, by its bytes: text that nobody can compile is compared as well.
 */
#include "tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <assay/cleanup.h>

#define ROOM_FIRST 1024
#define WORD_MAX 32 /* bytes; no keyword is longer */

struct lexer {
	const char *text;
	size_t size, at;
	uint32_t line;
	enum tokens_language language;
	unsigned file;
	struct tokens *tokens;
	unsigned depth;    /* of brackets: Python's lines go on in them */
	size_t line_start; /* tokens before this statement */
	bool bol;          /* nothing but white space before on this line */
};

/* ---- characters ---- */

static bool at_splice(const struct lexer *lexer, size_t *length)
{
	const char *at = lexer->text + lexer->at;
	size_t left = lexer->size - lexer->at;

	*length = left > 2 && at[1] == '\r' ? 3 : 2;
	return left >= *length && at[0] == '\\' && at[*length - 1] == '\n';
}

static void skip_splices(struct lexer *lexer)
{
	size_t length;

	while (at_splice(lexer, &length)) {
		lexer->at += length;
		lexer->line++;
	}
}

/* The next character, or -1 at the end. */
static int here(const struct lexer *lexer)
{
	return lexer->at < lexer->size ? (unsigned char)lexer->text[lexer->at]
				       : -1;
}

static void step(struct lexer *lexer)
{
	if (lexer->at == lexer->size)
		return;
	if (lexer->text[lexer->at] == '\n')
		lexer->line++;
	lexer->at++;
	skip_splices(lexer);
}

/* The character behind the next one. */
static int behind(const struct lexer *lexer)
{
	struct lexer ahead = *lexer;

	step(&ahead);
	return here(&ahead);
}

/* Step over @word if it is next; it has no newline in it. */
static bool take(struct lexer *lexer, const char *word)
{
	struct lexer ahead = *lexer;

	for (; *word; word++) {
		if (here(&ahead) != (unsigned char)*word)
			return false;
		step(&ahead);
	}
	*lexer = ahead;
	return true;
}

static bool in_word(int c)
{
	return c >= 0x80 || c == '_' || c == '$' || isalnum(c);
}

/* ---- tokens ---- */

static void put(struct lexer *lexer, unsigned kind, uint32_t line)
{
	struct tokens *tokens = lexer->tokens;

	/* One is left for the break. */
	if (tokens->count + 1 >= TOKENS_MAX && kind != TOKEN_BREAK) {
		tokens->cut = true;
		return;
	}
	if (tokens->count == tokens->room) {
		tokens->room = tokens->room ? 2 * tokens->room : ROOM_FIRST;
		tokens->items = reallocarray(tokens->items, tokens->room,
					     sizeof *tokens->items);
		ENOUGH(tokens->items);
	}
	tokens->items[tokens->count++] = (struct token){
		.line = line,
		.file = (uint16_t)lexer->file,
		.kind = (uint16_t)kind,
	};
}

static unsigned last_kind(const struct lexer *lexer)
{
	const struct tokens *tokens = lexer->tokens;

	return tokens->count > lexer->line_start
		       ? tokens->items[tokens->count - 1].kind
		       : (unsigned)TOKEN_BREAK;
}

/* Strings side by side are one. */
static void put_string(struct lexer *lexer, uint32_t line)
{
	if (last_kind(lexer) != TOKEN_STRING)
		put(lexer, TOKEN_STRING, line);
}

/* ---- words ---- */

/* Sorted. Types that are keywords are names, as all other types are. */
static const char *const keywords_c[] = {
	"break",    "case",     "catch",     "class",  "co_await",  "co_return",
	"continue", "decltype", "default",   "delete", "do",        "else",
	"enum",     "for",      "goto",      "if",     "namespace", "new",
	"operator", "private",  "protected", "public", "return",    "sizeof",
	"struct",   "switch",   "template",  "this",   "throw",     "try",
	"typedef",  "typename", "union",     "using",  "virtual",   "while",
};
static const char *const keywords_python[] = {
	"and",      "as",    "assert",   "async", "await",  "break",  "class",
	"continue", "def",   "del",      "elif",  "else",   "except", "finally",
	"for",      "from",  "global",   "if",    "import", "in",     "is",
	"lambda",   "match", "nonlocal", "not",   "or",     "pass",   "raise",
	"return",   "try",   "while",    "with",  "yield",
};
/* What changes nothing, or little enough to be put in by the way. */
static const char *const left_out_c[] = {
	"const",    "constexpr", "explicit", "extern",   "final",
	"inline",   "mutable",   "noexcept", "override", "register",
	"restrict", "static",    "volatile",
};
static const char *const type_words_c[] = {
	"_Bool", "auto",  "bool",   "char",   "double",   "float", "int",
	"long",  "short", "signed", "size_t", "unsigned", "void",
};

static int compare_word(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

/* Which of @words; -1: none. */
static int find_word(const char *word, const char *const *words, size_t count)
{
	const char *const *found = bsearch(word, words, count, sizeof *words,
					   compare_word);

	return found ? (int)(found - words) : -1;
}

#define FIND(word, words) \
	find_word(word, words, sizeof(words) / sizeof *(words))

static void put_word(struct lexer *lexer, const char *word, uint32_t line)
{
	bool python = lexer->language == TOKENS_PYTHON;
	int which = python ? FIND(word, keywords_python)
			   : FIND(word, keywords_c);

	if (which >= 0) {
		put(lexer, TOKEN_KEYWORD + (unsigned)which, line);
		return;
	}
	if (!python && FIND(word, left_out_c) >= 0)
		return;
	if (!python && last_kind(lexer) == TOKEN_NAME &&
	    FIND(word, type_words_c) >= 0)
		return;
	put(lexer, TOKEN_NAME, line);
}

/* ---- literals ---- */

/* Up to the end of a string that @quote has opened; lines end it, too. */
static void skip_quoted(struct lexer *lexer, int quote)
{
	int c;

	while ((c = here(lexer)) >= 0 && c != '\n') {
		step(lexer);
		if (c == quote)
			return;
		if (c == '\\' && here(lexer) != '\n')
			step(lexer);
	}
}

/* The same where three quotes open and end it. */
static void skip_long(struct lexer *lexer, const char *quotes)
{
	while (here(lexer) >= 0 && !take(lexer, quotes)) {
		if (here(lexer) == '\\')
			step(lexer);
		step(lexer);
	}
}

/* R"delimiter( ... )delimiter", from the quote on; C++17, [lex.string]. */
static void skip_raw(struct lexer *lexer)
{
	const char *start = lexer->text + lexer->at + 1;
	size_t left = lexer->size - lexer->at - 1, length = 0;
	char end[1 + 16 + 1 + 1] = ")";

	while (length < left && length < 17 && start[length] != '(')
		length++;
	if (length >= left || length == 17) {
		step(lexer);
		return;
	}
	memcpy(end + 1, start, length);
	memcpy(end + 1 + length, "\"", 2);
	while (here(lexer) >= 0 && !take(lexer, end))
		step(lexer);
}

static bool is_prefix(const char *word, enum tokens_language language)
{
	static const char *const all[] = { "L", "LR", "R",   "U", "UR",
					   "u", "u8", "u8R", "uR" };

	if (language == TOKENS_PYTHON)
		return strlen(word) <= 2 &&
		       strspn(word, "rRbBuUfF") == strlen(word);
	return FIND(word, all) >= 0;
}

/* A string, or a character, of which the quote is next. */
static void read_quoted(struct lexer *lexer, const char *prefix, uint32_t line)
{
	bool python = lexer->language == TOKENS_PYTHON;
	int quote = here(lexer);
	size_t length = strlen(prefix);

	if (!python && quote == '"' && length > 0 &&
	    prefix[length - 1] == 'R') {
		skip_raw(lexer);
	} else if (python && (take(lexer, "\"\"\"") || take(lexer, "'''"))) {
		skip_long(lexer, quote == '"' ? "\"\"\"" : "'''");
	} else {
		step(lexer);
		skip_quoted(lexer, quote);
	}
	if (python || quote == '"')
		put_string(lexer, line);
	else
		put(lexer, TOKEN_NUMBER, line);
}

static void read_word(struct lexer *lexer)
{
	uint32_t line = lexer->line;
	char word[WORD_MAX + 1];
	size_t length = 0;

	for (; in_word(here(lexer)); step(lexer))
		if (length < WORD_MAX)
			word[length++] = (char)here(lexer);
	word[length] = '\0';
	if ((here(lexer) == '"' || here(lexer) == '\'') &&
	    is_prefix(word, lexer->language))
		read_quoted(lexer, word, line);
	else
		put_word(lexer, word, line);
}

/* "1'000", "1e-5", "0x1p+3", "1.5f" */
static void read_number(struct lexer *lexer)
{
	uint32_t line = lexer->line;
	int last = 0, c;

	for (; (c = here(lexer)) >= 0; step(lexer)) {
		bool sign = (c == '+' || c == '-') && last &&
			    strchr("eEpP", last);
		bool digits = c == '\'' && lexer->language == TOKENS_C &&
			      in_word(behind(lexer));

		if (!in_word(c) && c != '.' && !sign && !digits)
			break;
		last = c;
	}
	put(lexer, TOKEN_NUMBER, line);
}

/* ---- what is passed over ---- */

static void skip_line(struct lexer *lexer)
{
	while (here(lexer) >= 0 && here(lexer) != '\n')
		step(lexer);
}

static bool skip_comment(struct lexer *lexer)
{
	if (lexer->language == TOKENS_PYTHON) {
		if (here(lexer) != '#')
			return false;
		skip_line(lexer);
		return true;
	}
	if (take(lexer, "//")) {
		skip_line(lexer);
		return true;
	}
	if (!take(lexer, "/*"))
		return false;
	while (here(lexer) >= 0 && !take(lexer, "*/"))
		step(lexer);
	return true;
}

/* Those that say nothing of how a program works. */
static bool skip_directive(struct lexer *lexer)
{
	static const char *const all[] = { "include", "pragma", "error",
					   "warning", "line" };
	struct lexer ahead = *lexer;
	size_t i;

	step(&ahead);
	while (here(&ahead) == ' ' || here(&ahead) == '\t')
		step(&ahead);
	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (take(&ahead, all[i]) && !in_word(here(&ahead))) {
			*lexer = ahead;
			skip_line(lexer);
			return true;
		}
	return false;
}

/* A string that is a whole statement documents, and does nothing. */
static void end_statement(struct lexer *lexer)
{
	struct tokens *tokens = lexer->tokens;
	size_t count = tokens->count - lexer->line_start;

	if (count == 1 && last_kind(lexer) == TOKEN_STRING)
		tokens->count--;
	else if (count > 0)
		put(lexer, TOKEN_LINE_END, lexer->line);
	lexer->line_start = tokens->count;
}

/* ---- operators ---- */

/* Two characters that are one operator; what has three is two of them. */
static bool is_pair(int first, int second)
{
	static const char pairs[] = "-> ++ -- << >> <= >= == != && || += -= *= "
				    "/= %= &= |= ^= :: ** // := ##";
	const char pair[] = { (char)first, (char)second, '\0' };

	return first > ' ' && second > ' ' && strstr(pairs, pair);
}

static void read_operator(struct lexer *lexer)
{
	uint32_t line = lexer->line;
	int first = here(lexer), second = behind(lexer);

	if (strchr("([{", first))
		lexer->depth++;
	else if (strchr(")]}", first) && lexer->depth > 0)
		lexer->depth--;
	step(lexer);
	if (is_pair(first, second)) {
		step(lexer);
		put(lexer, (unsigned)first << 8 | (unsigned)second, line);
	} else if (first == ';' && lexer->language == TOKENS_PYTHON) {
		end_statement(lexer);
	} else {
		/* Above the kinds that have names. */
		put(lexer, (unsigned)first + ' ', line);
	}
}

static void read_next(struct lexer *lexer)
{
	bool bol = lexer->bol, python = lexer->language == TOKENS_PYTHON;
	int c = here(lexer);

	if (c == '\n') {
		step(lexer);
		lexer->bol = true;
		if (python && lexer->depth == 0)
			end_statement(lexer);
		return;
	}
	if (c == '\0' || isspace(c) || iscntrl(c)) {
		step(lexer);
		return;
	}
	if (skip_comment(lexer))
		return;
	lexer->bol = false;
	if (c == '#' && bol && skip_directive(lexer))
		return;
	if (isdigit(c) || (c == '.' && isdigit(behind(lexer))))
		read_number(lexer);
	else if (in_word(c))
		read_word(lexer);
	else if (c == '"' || c == '\'')
		read_quoted(lexer, "", lexer->line);
	else
		read_operator(lexer);
}

/* ---- files ---- */

enum tokens_language tokens_language(const char *path)
{
	static const struct {
		const char *suffix;
		enum tokens_language language;
	} all[] = {
		{ ".c", TOKENS_C },       { ".h", TOKENS_C },
		{ ".cc", TOKENS_C },      { ".cpp", TOKENS_C },
		{ ".cxx", TOKENS_C },     { ".hh", TOKENS_C },
		{ ".hpp", TOKENS_C },     { ".hxx", TOKENS_C },
		{ ".py", TOKENS_PYTHON },
	};
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0; dot && i < sizeof all / sizeof *all; i++)
		if (strcasecmp(dot, all[i].suffix) == 0)
			return all[i].language;
	return TOKENS_NONE;
}

void tokens_add(struct tokens *tokens, enum tokens_language language,
		unsigned file, const char *text, size_t size)
{
	struct lexer lexer = {
		.text = text,
		.size = size,
		.line = 1,
		.language = language,
		.file = file,
		.tokens = tokens,
		.line_start = tokens->count,
		.bol = true,
	};

	CHECK(language != TOKENS_NONE && file < TOKENS_FILES_MAX);
	if (tokens->cut)
		return;
	skip_splices(&lexer);
	while (here(&lexer) >= 0 && !tokens->cut)
		read_next(&lexer);
	if (language == TOKENS_PYTHON)
		end_statement(&lexer);
	put(&lexer, TOKEN_BREAK, lexer.line);
}

void tokens_release(struct tokens *tokens)
{
	free(tokens->items);
	*tokens = (struct tokens){ .items = NULL };
}
