/* action.c - see action.h */
#include "action.h"

#include <stdio.h>
#include <string.h>

#include "judge.h"

/* Word @index of a list as @ret; false past its end. */
static bool word_at(const char *list, size_t index, char ret[ACTION_WORD_MAX])
{
	size_t length;

	for (;; list += length + 1) {
		length = strcspn(list, " ");
		if (index-- == 0)
			break;
		if (list[length] == '\0')
			return false;
	}
	(void)snprintf(ret, ACTION_WORD_MAX, "%.*s", (int)length, list);
	return true;
}

bool action_lists(const char *list, const char *word)
{
	char each[ACTION_WORD_MAX];
	size_t i;

	if (strcmp(list, "any") == 0)
		return true;
	for (i = 0; word_at(list, i, each); i++)
		if (strcmp(each, word ? word : "none") == 0)
			return true;
	return false;
}

size_t action_phases(const struct action *action)
{
	char word[ACTION_WORD_MAX];
	size_t count = 0;

	if (strcmp(action->path, "-") == 0)
		return 0;
	while (word_at(action->path, count, word))
		count++;
	return count;
}

const struct action *action_named(const char *name)
{
	size_t i;

	for (i = 0; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	judge_broken("no action \"%s\"", name);
}

bool action_is(const struct action *action, const char *name)
{
	return action && strcmp(action->name, name) == 0;
}

bool action_is_one_of(const struct action *action, const char *names)
{
	return action && action_lists(names, action->name);
}

void action_phase(const struct action *action, size_t phase,
		  char ret[ACTION_WORD_MAX])
{
	if (!word_at(action->path, phase, ret))
		judge_broken("%s has no phase %zu", action->name, phase);
}
