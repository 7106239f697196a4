/*
 * syntax.h - clang's tree of a C file, as far as it is written in that file
 *
 * "clang -fsyntax-only -Xclang -ast-dump=json" prints a node as an object with
 * "kind", "range" and the nodes below it as "inner", {} where there could be
 * one and is none (clang 14, AST/JSONNodeDumper.cpp). Places are offsets of
 * tokens; one in a header has "includedFrom", and what comes out of a macro has
 * two, the macro's own and the one where it is used.
 *
 * What is asked of nodes here are spans of the file's text: whoever changes
 * text has to know that it is there, and means what the node means.
 */
#ifndef ASSAY_SYNTAX_H
#define ASSAY_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct syntax {
	const json_t *tree;
	const char *text; /* of the file, with a NUL behind it */
	size_t size;
};

/* Bytes of the text, from start up to but not including end. */
struct span {
	size_t start, end;
};

bool syntax_is(const json_t *node, const char *kind);
/** The node below @node with this number; NULL: none. */
const json_t *syntax_child(const json_t *node, size_t number);
size_t syntax_child_count(const json_t *node);

/** @node without parentheses and casts around it. */
const json_t *syntax_bare(const json_t *node);

/**
 * Where @node stands. False where that is not one piece of the text that a
 * macro has no part in, but for a whole operand such as EAGAIN at its ends.
 */
bool syntax_span(const struct syntax *syntax, const json_t *node,
		 struct span *ret);

/** The same of its first token, which no macro has made and is @word. */
bool syntax_keyword(const struct syntax *syntax, const json_t *node,
		    const char *word, struct span *ret);

/** The name of the function that @node calls directly; NULL: it does not. */
const char *syntax_callee(const json_t *node);

/** The body of a function that the file defines, and its name; else NULL. */
const json_t *syntax_body(const json_t *node, const char **name);

/** Whether a type is a pointer, or a number that "!" can be put before. */
bool syntax_is_scalar(const json_t *node);
bool syntax_is_pointer(const json_t *node);

#endif
