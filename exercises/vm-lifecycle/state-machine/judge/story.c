/* story.c - see story.h */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCHANGES_SHOWN 12 /* the last ones */
#define KEY_MAX 32

static const char *text(const json_t *line, const char *key)
{
	const char *value = json_string_value(json_object_get(line, key));

	return value ? value : "";
}

static bool is(const json_t *line, const char *op)
{
	return strcmp(text(line, "op"), op) == 0;
}

static bool same_field(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

static char *dump(const json_t *value)
{
	char *line = json_dumps(value, JSON_ENCODE_ANY);

	return line ? line : strdup("(a value that cannot be shown)");
}

/* ---- the lines about one machine ---- */

/* Whom tokens and checks are about: "t7" and "i7" to the name. */
static json_t *owners_of(const struct script *script, size_t count)
{
	json_t *owners = json_object();
	char key[KEY_MAX];
	json_t *answer;
	size_t i, k;

	for (i = 0; i < count; i++) {
		const json_t *line = script->exchanges[i].line;

		(void)snprintf(key, sizeof key, "i%lld",
			       (long long)json_integer_value(
				       json_object_get(line, "id")));
		if (is(line, "check"))
			json_object_set(owners, key,
					json_object_get(line, "vm"));
		json_array_foreach(script->exchanges[i].answers, k, answer) {
			(void)snprintf(key, sizeof key, "t%lld",
				       (long long)json_integer_value(
					       json_object_get(answer,
							       "token")));
			if (is(answer, "cast"))
				json_object_set(owners, key,
						json_object_get(answer, "vm"));
		}
	}
	return owners;
}

/* The machine that a line is about; "" if about none or many. */
static const char *subject(const json_t *owners, const json_t *line)
{
	char key[KEY_MAX] = "";

	if (is(line, "done"))
		(void)snprintf(key, sizeof key, "t%lld",
			       (long long)json_integer_value(
				       json_object_get(line, "token")));
	else if (is(line, "commit"))
		(void)snprintf(key, sizeof key, "i%lld",
			       (long long)json_integer_value(
				       json_object_get(line, "id")));
	return *key ? text(owners, key) : text(line, "vm");
}

static bool is_about(const json_t *owners, const json_t *line, const char *vm)
{
	return is(line, "host_down") || is(line, "init_host") ||
	       strcmp(subject(owners, line), vm) == 0;
}

/* Where the last EXCHANGES_SHOWN about @vm begin, or it was made or set. */
static size_t beginning(const struct script *script, const json_t *owners,
			size_t last, const char *vm)
{
	size_t shown = 0;
	size_t first = last;
	size_t i = last + 1;

	while (i-- > 0 && shown < EXCHANGES_SHOWN) {
		const json_t *line = script->exchanges[i].line;

		if (!is_about(owners, line, vm))
			continue;
		first = i;
		shown++;
		if (is(line, "create") || is(line, "set"))
			break;
	}
	return first;
}

static void show_sent(struct dialogue *dialogue, const json_t *line)
{
	char *shown = dump(line);

	dialogue_show_sent(dialogue, shown);
	free(shown);
}

static void show_came(struct dialogue *dialogue, const json_t *line)
{
	char *shown = dump(line);

	dialogue_show_came(dialogue, shown);
	free(shown);
}

/* The lines about @vm up to exchange @at, of which @answer is the first that
 * did not come; @came did. */
static void show(struct dialogue *dialogue, const struct script *script,
		 const json_t *owners, const char *vm, size_t at,
		 size_t answer, const json_t *came)
{
	const struct exchange *exchange;
	const json_t *line;
	size_t i, k;

	dialogue_show(dialogue, "the lines about this machine; the last is"
				" wrong");
	for (i = beginning(script, owners, at, vm); i <= at; i++) {
		exchange = &script->exchanges[i];
		if (!is_about(owners, exchange->line, vm))
			continue;
		show_sent(dialogue, exchange->line);
		json_array_foreach(exchange->answers, k, line) {
			if (i == at && k == answer)
				break;
			if (is(line, "resp") ||
			    strcmp(text(line, "vm"), vm) == 0)
				show_came(dialogue, line);
		}
	}
	show_came(dialogue, came);
}

/*
 * Which exchange a line belongs to that came where @at should be answered.
 * Programs go on in order, so it is @at, or one before it that no line was to
 * answer, or the last that was answered in full.
 */
static size_t culprit(const struct script *script, const json_t *owners,
		      size_t at, size_t answer, const json_t *came)
{
	const struct exchange *exchanges = script->exchanges;
	const char *vm = text(came, "vm");
	size_t i = at;

	if (!*vm || answer > 0)
		return at;
	if (same_field(json_array_get(exchanges[at].answers, 0), came, "op") &&
	    strcmp(subject(owners, exchanges[at].line), vm) == 0)
		return at;
	while (i-- > 0) {
		if (is_about(owners, exchanges[i].line, vm))
			return i;
		if (json_array_size(exchanges[i].answers) > 0)
			break;
	}
	return at;
}

/* ---- what is wrong with it ---- */

static json_int_t code_of(const json_t *line)
{
	return json_integer_value(json_object_get(line, "code"));
}

/* Both answer the same act. */
__attribute__((noreturn)) static void
fail_response(struct dialogue *dialogue, const char *line,
	      const json_t *wanted, const json_t *came, const char *rule)
{
	if (code_of(wanted) == 202)
		dialogue_fail(dialogue, "%s was refused (%s), and has to be"
			      " accepted: %s", line, text(came, "attr"), rule);
	if (code_of(came) == 202)
		dialogue_fail(dialogue, "%s was accepted, and has to be"
			      " refused (%s): %s", line, text(wanted, "attr"),
			      rule);
	dialogue_fail(dialogue, "%s was refused with %lld \"%s\" instead of"
		      " %lld \"%s\": %s", line, (long long)code_of(came),
		      text(came, "attr"), (long long)code_of(wanted),
		      text(wanted, "attr"), rule);
}

/* Both are of one kind and about the same machine. */
__attribute__((noreturn)) static void
fail_field(struct dialogue *dialogue, const char *line, json_t *wanted,
	   const json_t *came, const char *rule)
{
	const char *key = "";
	json_t *value;

	json_object_foreach (wanted, key, value)
		if (!json_equal(value, json_object_get(came, key)))
			dialogue_fail(dialogue, "after %s, the line \"%s\""
				      " has another \"%s\" than it has to"
				      " have: %s", line, text(wanted, "op"),
				      key, rule);
	dialogue_fail(dialogue, "after %s, the line \"%s\" has a key that is"
		      " not of the protocol", line, text(wanted, "op"));
}

/* Leaves as the last line shown, and as the rule, those of exchange @at. */
__attribute__((noreturn)) static void
fail_at(struct dialogue *dialogue, const struct exchange *at, json_t *wanted,
	const json_t *came)
{
	char *line = dump(at->line);

	if (is(wanted, "resp") && is(came, "resp") &&
	    same_field(wanted, came, "id"))
		fail_response(dialogue, line, wanted, came, at->rule);
	if (wanted && same_field(wanted, came, "op") &&
	    same_field(wanted, came, "vm"))
		fail_field(dialogue, line, wanted, came, at->rule);
	if (wanted)
		dialogue_fail(dialogue, "after %s, the next line has to be"
			      " \"%s\", and is \"%s\": %s", line,
			      text(wanted, "op"), text(came, "op"), at->rule);
	dialogue_fail(dialogue, "after %s there is a line \"%s\" too many: %s",
		      line, text(came, "op"), at->rule);
}

void story_fail(struct judge *judge, struct dialogue *dialogue,
		const struct script *script, size_t exchange, size_t answer,
		const json_t *came)
{
	json_t *owners = owners_of(script, exchange + 1);
	json_t *wanted = json_array_get(script->exchanges[exchange].answers,
					answer);
	size_t at = culprit(script, owners, exchange, answer, came);
	const char *vm;
	char *line = dump(wanted);

	if (at != exchange) {
		wanted = NULL;
		answer = json_array_size(script->exchanges[at].answers);
	}
	vm = subject(owners, script->exchanges[at].line);
	if (!*vm) /* a host's line is about many */
		vm = text(came, "vm");
	show(dialogue, script, owners, vm, at, answer, came);
	judge_expected(judge, "%s", wanted ? line : "no line");
	free(line);
	line = dump(came);
	judge_actual(judge, "%s", line);
	fail_at(dialogue, &script->exchanges[at], wanted, came);
}
