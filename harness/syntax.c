/*
 * syntax.c - see syntax.h
 */
#include "syntax.h"

#include <ctype.h>
#include <string.h>

static const char *string(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool syntax_is(const json_t *node, const char *kind)
{
	const char *own = string(node, "kind");

	return own && strcmp(own, kind) == 0;
}

const json_t *syntax_child(const json_t *node, size_t number)
{
	return json_array_get(json_object_get(node, "inner"), number);
}

size_t syntax_child_count(const json_t *node)
{
	return json_array_size(json_object_get(node, "inner"));
}

const json_t *syntax_bare(const json_t *node)
{
	while (syntax_is(node, "ParenExpr") ||
	       syntax_is(node, "ImplicitCastExpr") ||
	       syntax_is(node, "CStyleCastExpr") ||
	       syntax_is(node, "ConstantExpr"))
		node = syntax_child(node, 0);
	return node;
}

/* ---- places ---- */

/* A token of the file; of a macro, its name where it is used. */
struct token {
	size_t start, end;
	bool macro;
};

static bool read_token(const struct syntax *syntax, const json_t *place,
		       struct token *token)
{
	const json_t *expansion = json_object_get(place, "expansionLoc");
	const json_t *at = expansion ? expansion : place;
	const json_t *offset = json_object_get(at, "offset");
	const json_t *length = json_object_get(at, "tokLen");
	size_t start = (size_t)json_integer_value(offset);
	size_t size = (size_t)json_integer_value(length);

	if (!offset || !length || json_object_get(at, "includedFrom") ||
	    json_is_true(json_object_get(at, "isMacroArgExpansion")) ||
	    start > syntax->size || size > syntax->size - start)
		return false;
	*token = (struct token){ start, start + size, expansion != NULL };
	return true;
}

/* Of a macro with arguments the dump does not say where they end. */
static bool has_arguments(const struct syntax *syntax,
			  const struct token *token)
{
	const char *next = syntax->text + token->end;

	while (isspace((unsigned char)*next))
		next++;
	return token->macro && *next == '(';
}

bool syntax_span(const struct syntax *syntax, const json_t *node,
		 struct span *ret)
{
	const json_t *range = json_object_get(node, "range");
	struct token begin, end;

	if (!read_token(syntax, json_object_get(range, "begin"), &begin) ||
	    !read_token(syntax, json_object_get(range, "end"), &end) ||
	    begin.start > end.end || has_arguments(syntax, &end))
		return false;
	*ret = (struct span){ begin.start, end.end };
	return true;
}

bool syntax_keyword(const struct syntax *syntax, const json_t *node,
		    const char *word, struct span *ret)
{
	const json_t *range = json_object_get(node, "range");
	size_t length = strlen(word);
	struct token token;

	if (!read_token(syntax, json_object_get(range, "begin"), &token) ||
	    token.macro || token.end - token.start != length ||
	    memcmp(syntax->text + token.start, word, length) != 0)
		return false;
	*ret = (struct span){ token.start, token.end };
	return true;
}

/* ---- what nodes are about ---- */

const char *syntax_callee(const json_t *node)
{
	const json_t *called;

	if (!syntax_is(node, "CallExpr"))
		return NULL;
	called = syntax_bare(syntax_child(node, 0));
	if (!syntax_is(called, "DeclRefExpr"))
		return NULL;
	return string(json_object_get(called, "referencedDecl"), "name");
}

const json_t *syntax_body(const json_t *node, const char **name)
{
	const json_t *inner = json_object_get(node, "inner");
	json_t *child;
	size_t i;

	*name = string(node, "name");
	if (!*name || !syntax_is(node, "FunctionDecl") ||
	    json_object_get(json_object_get(node, "loc"), "includedFrom"))
		return NULL;
	json_array_foreach (inner, i, child) {
		if (syntax_is(child, "CompoundStmt"))
			return child;
	}
	return NULL;
}

static const char *type_of(const json_t *node)
{
	const json_t *type = json_object_get(node, "type");
	const char *plain = string(type, "desugaredQualType");
	const char *name = plain ? plain : string(type, "qualType");

	return name ? name : "";
}

bool syntax_is_pointer(const json_t *node)
{
	const char *type = type_of(node);
	size_t length = strlen(type);

	return length > 0 && type[length - 1] == '*';
}

bool syntax_is_scalar(const json_t *node)
{
	const char *type = type_of(node);

	return *type && strcmp(type, "void") != 0 && !strstr(type, "struct ") &&
	       !strstr(type, "union ") && !strchr(type, '[');
}
