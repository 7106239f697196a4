/*
 * mutation_find.c - see mutation_find.h
 *
 * Each function's tree is walked once; a node is handed to the operators that
 * its kind concerns.
 */
#include "mutation_find.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "text.h"
#include "waiters.h"

static const char *const locks[] = {
	"pthread_mutex_lock",
	"pthread_rwlock_rdlock",
	"pthread_rwlock_wrlock",
	"pthread_spin_lock",
	"mtx_lock",
	NULL,
};

static const char *const unlocks[] = {
	"pthread_mutex_unlock",
	"pthread_rwlock_unlock",
	"pthread_spin_unlock",
	"mtx_unlock",
	NULL,
};

/* All are woken; one is. */
static const char *const wakes[][2] = {
	{ "pthread_cond_broadcast", "pthread_cond_signal" },
	{ "cnd_broadcast", "cnd_signal" },
};

struct finder {
	const struct syntax *syntax;
	unsigned kinds;
	struct mutation_list *mutations;
	const char *function; /* that is walked */
	struct waiters waiters;
};

static bool is_one_of(const char *name, const char *const *list)
{
	for (; name && *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static void add(struct finder *finder, enum mutation_kind kind,
		struct span span, const char *replacement)
{
	if (finder->kinds & 1u << kind)
		mutation_add(finder->mutations, kind, finder->syntax->text,
			     span.start, span.end - span.start, replacement,
			     finder->function);
}

static char *text_of(const struct finder *finder, struct span span)
{
	return text_format("%.*s", (int)(span.end - span.start),
			   finder->syntax->text + span.start);
}

/* ---- conditions ---- */

static void negate(struct finder *finder, const json_t *condition)
{
	AUTO_FREE char *opposite = NULL;
	AUTO_FREE char *text = NULL;
	struct span span;

	if (!syntax_span(finder->syntax, condition, &span))
		return;
	text = text_of(finder, span);
	opposite = text_format("!(%s)", text);
	add(finder, MUTATION_NEGATE, span, opposite);
}

static void drop(struct finder *finder, const json_t *condition,
		 const char *constant)
{
	struct span span;

	if (syntax_span(finder->syntax, condition, &span))
		add(finder, MUTATION_DROP_CHECK, span, constant);
}

static void visit_if(struct finder *finder, const json_t *node)
{
	struct span span;

	if (!syntax_keyword(finder->syntax, node, "if", &span))
		return;
	drop(finder, syntax_child(node, 0), "0");
	negate(finder, syntax_child(node, 0));
}

static void visit_while(struct finder *finder, const json_t *node)
{
	struct span span;

	if (!syntax_keyword(finder->syntax, node, "while", &span))
		return;
	if (waiters_have(&finder->waiters, node))
		add(finder, MUTATION_IF_FOR_WHILE, span, "if");
	negate(finder, syntax_child(node, 0));
}

/* Parts of a condition count as checks of their own. */
static void visit_logical(struct finder *finder, const json_t *node,
			  const char *neutral)
{
	drop(finder, syntax_child(node, 0), neutral);
	drop(finder, syntax_child(node, 1), neutral);
}

/* ---- numbers ---- */

/* "4" for 3 and 1; what has a base or a suffix is left to the compiler. */
static char *changed(const char *number, int by)
{
	char *end;
	long long value = strtoll(number, &end, 10);

	if (*end || (*number == '0' && number[1]) || value > INT_MAX)
		return text_format("(%s %c 1)", number, by > 0 ? '+' : '-');
	return text_format(value + by < 0 ? "(%lld)" : "%lld", value + by);
}

static void visit_integer(struct finder *finder, const json_t *node)
{
	AUTO_FREE char *more = NULL;
	AUTO_FREE char *less = NULL;
	AUTO_FREE char *text = NULL;
	struct span span;

	if (!syntax_span(finder->syntax, node, &span))
		return;
	text = text_of(finder, span);
	if (*text < '0' || *text > '9')
		return; /* a macro's */
	more = changed(text, 1);
	less = changed(text, -1);
	add(finder, MUTATION_OFF_BY_ONE, span, more);
	add(finder, MUTATION_OFF_BY_ONE, span, less);
}

/* The operator itself has no place in the tree: it is what stands between. */
static void visit_comparison(struct finder *finder, const json_t *node,
			     const char *own, const char *other)
{
	const char *text = finder->syntax->text;
	struct span left, right, between;

	if (!syntax_span(finder->syntax, syntax_child(node, 0), &left) ||
	    !syntax_span(finder->syntax, syntax_child(node, 1), &right) ||
	    left.end > right.start)
		return;
	between = (struct span){ left.end, right.start };
	while (between.start < between.end &&
	       strchr(" \t\n", text[between.start]))
		between.start++;
	while (between.start < between.end &&
	       strchr(" \t\n", text[between.end - 1]))
		between.end--;
	if (between.end - between.start == strlen(own) &&
	    memcmp(text + between.start, own, strlen(own)) == 0)
		add(finder, MUTATION_OFF_BY_ONE, between, other);
}

static void visit_binary(struct finder *finder, const json_t *node)
{
	static const char *const others[][2] = {
		{ "<", "<=" }, { "<=", "<" }, { ">", ">=" }, { ">=", ">" }
	};
	const char *own = json_string_value(json_object_get(node, "opcode"));

	if (own && strcmp(own, "&&") == 0)
		visit_logical(finder, node, "1");
	if (own && strcmp(own, "||") == 0)
		visit_logical(finder, node, "0");
	for (size_t i = 0; own && i < sizeof others / sizeof *others; i++)
		if (strcmp(own, others[i][0]) == 0)
			visit_comparison(finder, node, own, others[i][1]);
}

/* ---- calls and returns ---- */

/* A call whose value nobody looks at. */
static void visit_statement(struct finder *finder, const json_t *node)
{
	const char *callee = syntax_callee(syntax_bare(node));
	struct span span;

	if (callee && syntax_span(finder->syntax, node, &span))
		add(finder,
		    is_one_of(callee, unlocks) ? MUTATION_DROP_UNLOCK
					       : MUTATION_DELETE_CALL,
		    span, "(void)0");
}

/* Each lock and the next one, where nothing is unlocked between. */
static void visit_block(struct finder *finder, const json_t *block)
{
	const struct syntax *syntax = finder->syntax;
	struct span first = { 0 }, second;
	bool locked = false;

	for (size_t i = 0; i < syntax_child_count(block); i++) {
		const json_t *statement = syntax_child(block, i);
		const char *callee = syntax_callee(syntax_bare(statement));

		visit_statement(finder, statement);
		if (is_one_of(callee, unlocks))
			locked = false;
		if (!is_one_of(callee, locks) ||
		    !syntax_span(syntax, statement, &second))
			continue;
		if (locked) {
			AUTO_FREE char *a = text_of(finder, first);
			AUTO_FREE char *b = text_of(finder, second);
			AUTO_FREE char *swapped = text_format(
				"%s%.*s%s", b, (int)(second.start - first.end),
				syntax->text + first.end, a);

			add(finder, MUTATION_SWAP_LOCKS,
			    (struct span){ first.start, second.end }, swapped);
		}
		first = second;
		locked = true;
	}
}

static void visit_call(struct finder *finder, const json_t *node)
{
	const char *callee = syntax_callee(node);
	struct span span;

	for (size_t i = 0; callee && i < sizeof wakes / sizeof *wakes; i++)
		if (strcmp(callee, wakes[i][0]) == 0 &&
		    syntax_keyword(finder->syntax, node, callee, &span))
			add(finder, MUTATION_SIGNAL_FOR_BROADCAST, span,
			    wakes[i][1]);
}

static void visit_return(struct finder *finder, const json_t *node)
{
	const json_t *value = syntax_child(node, 0);
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *other = NULL;
	struct span span, keyword;

	if (!value || !syntax_is_scalar(value) ||
	    !syntax_keyword(finder->syntax, node, "return", &keyword) ||
	    !syntax_span(finder->syntax, value, &span))
		return;
	text = text_of(finder, span);
	other = syntax_is_pointer(value) ? text_format("(void *)0")
					 : text_format("!(%s)", text);
	add(finder, MUTATION_RETURN_VALUE, span, other);
}

/* ---- the walk ---- */

static void visit_for(struct finder *finder, const json_t *node)
{
	negate(finder, syntax_child(node, 2));
}

static void visit_do(struct finder *finder, const json_t *node)
{
	negate(finder, syntax_child(node, 1));
}

static void visit_conditional(struct finder *finder, const json_t *node)
{
	negate(finder, syntax_child(node, 0));
}

#define NO_STATEMENT SIZE_MAX

static const struct visit {
	const char *kind;
	void (*visit)(struct finder *finder, const json_t *node);
	size_t statements[2]; /* children that may be one statement alone */
} visits[] = {
	{ "IfStmt", visit_if, { 1, 2 } },
	{ "WhileStmt", visit_while, { 1, NO_STATEMENT } },
	{ "ForStmt", visit_for, { 4, NO_STATEMENT } },
	{ "DoStmt", visit_do, { 0, NO_STATEMENT } },
	{ "ConditionalOperator",
	  visit_conditional,
	  { NO_STATEMENT, NO_STATEMENT } },
	{ "CompoundStmt", visit_block, { NO_STATEMENT, NO_STATEMENT } },
	{ "BinaryOperator", visit_binary, { NO_STATEMENT, NO_STATEMENT } },
	{ "IntegerLiteral", visit_integer, { NO_STATEMENT, NO_STATEMENT } },
	{ "CallExpr", visit_call, { NO_STATEMENT, NO_STATEMENT } },
	{ "ReturnStmt", visit_return, { NO_STATEMENT, NO_STATEMENT } },
};

static void walk(struct finder *finder, const json_t *node)
{
	for (size_t i = 0; i < sizeof visits / sizeof *visits; i++) {
		if (!syntax_is(node, visits[i].kind))
			continue;
		visits[i].visit(finder, node);
		visit_statement(finder,
				syntax_child(node, visits[i].statements[0]));
		visit_statement(finder,
				syntax_child(node, visits[i].statements[1]));
	}
	for (size_t i = 0; i < syntax_child_count(node); i++)
		walk(finder, syntax_child(node, i));
}

void mutation_find(const struct syntax *syntax, unsigned kinds,
		   struct mutation_list *mutations)
{
	struct finder finder = { .syntax = syntax,
				 .kinds = kinds,
				 .mutations = mutations };

	waiters_find(&finder.waiters, syntax->tree);
	for (size_t i = 0; i < syntax_child_count(syntax->tree); i++) {
		const json_t *body = syntax_body(syntax_child(syntax->tree, i),
						 &finder.function);

		if (body)
			walk(&finder, body);
	}
}
